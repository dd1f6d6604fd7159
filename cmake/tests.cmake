# test/<layer>/<file>_test.c is a program of its own and the ctest
# <layer>/<file>; fuzz/<layer>/<file>_fuzz.c is a libFuzzer target and, in the
# other builds, a program that replays its corpus as the ctest
# fuzz/<layer>/<file>; test/<folder>/<file>_test.js is run by Node.js against
# the built tenon as the ctest <folder>/<file>, or, in test/behaviour, once for
# each engine as <folder>/<file>_<engine>.
#
# tests.txt in the build folder says what the outcome of each test depends on,
# a line each: the name, a tab, files and folders. ./dev test leaves out a test
# whose inputs have not changed since it passed.

# tenon_add_test(NAME name COMMAND ... [INPUTS ...] [ENVIRONMENT ...]): INPUTS
# are what it depends on besides its command's first word.
function(tenon_add_test)
  cmake_parse_arguments(test "" "NAME" "COMMAND;INPUTS;ENVIRONMENT" ${ARGN})
  add_test(NAME ${test_NAME} COMMAND ${test_COMMAND})
  set_tests_properties(
    ${test_NAME}
    PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77 ENVIRONMENT "${test_ENVIRONMENT}"
               WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  list(GET test_COMMAND 0 program)
  if(TARGET "${program}")
    set(program "$<TARGET_FILE:${program}>")
  endif()
  list(JOIN test_INPUTS " " inputs)
  set_property(GLOBAL APPEND_STRING PROPERTY TENON_TESTS
                                             "${test_NAME}\t${program} ${inputs}\n")
endfunction()

# A test that says so in a comment, "Runs alone: why", has nothing beside it.
function(tenon_let_run_alone name test)
  file(STRINGS "${test}" alone REGEX "^(//|/\\*| \\*) Runs alone")
  if(alone)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL YES)
  endif()
endfunction()

# Adds the folder or file to the list if it is there.
function(tenon_append_existing list path)
  if(EXISTS "${path}")
    list(APPEND ${list} "${path}")
    set(${list} ${${list}} PARENT_SCOPE)
  endif()
endfunction()

# A unit test may read what lies in a folder of its own name beside it.
function(tenon_add_unit_tests)
  file(GLOB support CONFIGURE_DEPENDS "test/support/*.c")
  add_library(tenon_test_support STATIC ${support})
  target_include_directories(tenon_test_support PUBLIC src .)
  target_link_libraries(tenon_test_support PUBLIC tenon_flags PkgConfig::CMOCKA
                        PRIVATE tenon_all)

  file(GLOB_RECURSE tests CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/test"
       "test/*_test.c")
  foreach(test IN LISTS tests)
    string(REPLACE "_test.c" "" name "${test}")
    string(REPLACE "/" "_" target "test_${name}")
    add_executable(${target} "test/${test}")
    target_link_libraries(${target} PRIVATE tenon_test_support tenon_all)
    set(inputs "")
    tenon_append_existing(inputs "${CMAKE_SOURCE_DIR}/test/${name}")
    tenon_add_test(NAME ${name} COMMAND ${target} INPUTS ${inputs})
    tenon_let_run_alone(${name} "test/${test}")
  endforeach()
endfunction()

function(tenon_add_fuzzers)
  file(GLOB_RECURSE fuzzers CONFIGURE_DEPENDS RELATIVE
       "${CMAKE_SOURCE_DIR}/fuzz" "fuzz/*_fuzz.c")
  foreach(fuzzer IN LISTS fuzzers)
    string(REPLACE "_fuzz.c" "" name "${fuzzer}")
    string(REPLACE "/" "_" target "fuzz_${name}")
    add_executable(${target} "fuzz/${fuzzer}")
    target_link_libraries(${target} PRIVATE tenon_all)
    target_include_directories(${target} PRIVATE src .)
    if(TENON_FUZZ)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    else()
      set(corpus "${CMAKE_SOURCE_DIR}/fuzz/corpus/${name}")
      target_sources(${target} PRIVATE fuzz/replay.c)
      tenon_add_test(NAME fuzz/${name} COMMAND ${target} "${corpus}" INPUTS
                     "${corpus}")
    endif()
  endforeach()
endfunction()

# tenon_add_node_test(NAME TEST [ENVIRONMENT ...]): a test of the whole binary.
# Each starts processes of its own. Without the npm packages, which ./dev test
# installs, they are skipped.
function(tenon_add_node_test name test)
  set(root "${CMAKE_SOURCE_DIR}")
  set(own "")
  string(REPLACE "_test.js" "" folder "${test}")
  tenon_append_existing(own "${root}/test/${folder}")
  tenon_add_test(
    NAME ${name}
    COMMAND "${root}/test/e2e/node" --test --test-reporter=spec
            "${root}/test/${test}"
    INPUTS "$<TARGET_FILE:tenon>" "$<TARGET_FILE:launchpad_seed>"
           "${root}/test/${test}" "${root}/test/e2e/support"
           "${root}/test/oracle/support"
           "${root}/test/e2e/package-lock.json" "${root}/test/golden"
           "${root}/examples" "${root}/docs" "${root}/README.md" ${own}
           ${TENON_FAULT_INPUTS}
    ENVIRONMENT "TENON=$<TARGET_FILE:tenon>"
                "LAUNCHPAD_SEED=$<TARGET_FILE:launchpad_seed>"
                ${TENON_FAULT_ENVIRONMENT} ${ARGN})
  tenon_let_run_alone(${name} "test/${test}")
endfunction()

# Those of test/behaviour say what is the same on all engines, and run on each.
function(tenon_add_node_tests)
  file(GLOB tests CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/test"
       "test/*/*_test.js")
  foreach(test IN LISTS tests)
    string(REPLACE "_test.js" "" name "${test}")
    if(name MATCHES "^behaviour/")
      foreach(engine IN ITEMS sqlite postgresql)
        # Functions are not called on PostgreSQL yet.
        if("${name}_${engine}" STREQUAL "behaviour/client_call_postgresql")
          continue()
        endif()
        tenon_add_node_test(${name}_${engine} ${test}
                            "TENON_TEST_ENGINE=${engine}")
      endforeach()
    else()
      tenon_add_node_test(${name} ${test})
    endif()
  endforeach()
endfunction()

tenon_add_test(
  NAME build/layers
  COMMAND "${CMAKE_COMMAND}" "-DCOMPILER=${CMAKE_C_COMPILER}"
          "-DBUILD=${CMAKE_BINARY_DIR}" "-DLAYERS=${TENON_LAYERS}" -P
          "${CMAKE_SOURCE_DIR}/test/build/layers_test.cmake"
  INPUTS "${CMAKE_SOURCE_DIR}/cmake" "${CMAKE_SOURCE_DIR}/test/build")

tenon_add_test(
  NAME build/one_door
  COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${CMAKE_SOURCE_DIR}" -P
          "${CMAKE_SOURCE_DIR}/test/build/one_door_test.cmake"
  INPUTS "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/test/build")

pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
if(CMOCKA_FOUND)
  tenon_add_unit_tests()
  if(NOT TENON_SANITIZE AND NOT TENON_COVERAGE)
    tenon_add_test(NAME tools/gdb COMMAND "${CMAKE_SOURCE_DIR}/tools/gdb/test"
                   "$<TARGET_FILE:test_io_fiber>" INPUTS
                   "$<TARGET_FILE:test_io_fiber>" "${CMAKE_SOURCE_DIR}/tools/gdb")
  endif()
else()
  message(STATUS "cmocka is missing: no unit tests")
endif()
tenon_add_fuzzers()
if(TARGET tenon)
  tenon_add_node_tests()
endif()

get_property(tests GLOBAL PROPERTY TENON_TESTS)
file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/tests.txt" CONTENT "${tests}")

# test/<layer>/<file>_test.c is a program of its own and the ctest
# <layer>/<file>; fuzz/<layer>/<file>_fuzz.c is a libFuzzer target and, in the
# other builds, a program that replays its corpus as the ctest
# fuzz/<layer>/<file>.
pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
if(NOT CMOCKA_FOUND)
  message(STATUS "cmocka is missing: no unit tests")
  return()
endif()

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
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120 WORKING_DIRECTORY
                                          "${CMAKE_SOURCE_DIR}")
endforeach()

file(GLOB_RECURSE fuzzers CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/fuzz"
     "fuzz/*_fuzz.c")
foreach(fuzzer IN LISTS fuzzers)
  string(REPLACE "_fuzz.c" "" name "${fuzzer}")
  string(REPLACE "/" "_" target "fuzz_${name}")
  add_executable(${target} "fuzz/${fuzzer}")
  target_link_libraries(${target} PRIVATE tenon_all)
  target_include_directories(${target} PRIVATE src .)
  if(TENON_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${target} PRIVATE fuzz/replay.c)
    add_test(NAME fuzz/${name} COMMAND ${target}
             "${CMAKE_SOURCE_DIR}/fuzz/corpus/${name}")
  endif()
endforeach()

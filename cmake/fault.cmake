# What the fault tests, test/fault/*_test.js, put under the real binary, and
# binaries that must fail them.

# Writes that were not synced die with the process; disks fail on request.
add_library(crash_preload MODULE test/fault/crash_preload.c
                                 test/support/crash_vfs.c src/base/assert.c)
target_include_directories(crash_preload PRIVATE src .)
target_link_libraries(crash_preload PRIVATE tenon_flags PkgConfig::SQLITE
                                            Threads::Threads ${CMAKE_DL_LIBS})

if(NOT TARGET tenon)
  return()
endif()

# The server with synchronous=OFF. The object file that says so comes before the
# archive that holds the same one with FULL, so the linker does not take that.
function(tenon_add_unsynced name definition)
  add_executable(${name} src/bin/main.c src/database/sqlite/lite_connection.c)
  target_include_directories(
    ${name} PRIVATE "${CMAKE_BINARY_DIR}/include/database"
                    "${CMAKE_BINARY_DIR}/include/bin")
  target_compile_definitions(${name} PRIVATE "${definition}=\"OFF\"")
  target_link_libraries(${name} PRIVATE tenon_all)
endfunction()
tenon_add_unsynced(tenon_unsynced TENON_SQLITE_SYNCHRONOUS)
tenon_add_unsynced(tenon_unsynced_checkpoint
                   TENON_SQLITE_CHECKPOINT_SYNCHRONOUS)

# A sanitizer's runtime must come before any library that is preloaded. gcc has
# it as a library of its own; elsewhere the tests that need this are skipped.
set(preload "$<TARGET_FILE:crash_preload>")
if(TENON_SANITIZE MATCHES "address|thread")
  set(runtime "libasan.so")
  if(TENON_SANITIZE MATCHES "thread")
    set(runtime "libtsan.so")
  endif()
  execute_process(
    COMMAND "${CMAKE_C_COMPILER}" "-print-file-name=${runtime}"
    OUTPUT_VARIABLE runtime
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND EXISTS "${runtime}")
    string(PREPEND preload "${runtime}:")
  else()
    set(preload "")
  endif()
endif()
set(TENON_FAULT_ENVIRONMENT
    "CRASH_PRELOAD=${preload}" "UNSYNCED=$<TARGET_FILE:tenon_unsynced>"
    "UNSYNCED_CHECKPOINT=$<TARGET_FILE:tenon_unsynced_checkpoint>"
    "SANITIZED=${TENON_SANITIZE}")
set(TENON_FAULT_INPUTS "$<TARGET_FILE:crash_preload>"
                       "$<TARGET_FILE:tenon_unsynced>"
                       "$<TARGET_FILE:tenon_unsynced_checkpoint>"
                       "${CMAKE_SOURCE_DIR}/test/fault/support")

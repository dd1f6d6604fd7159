# What the fault tests, test/fault/*_test.js, put under the real binary, and a
# binary that must fail them.

# Writes that were not synced die with the process; disks fail on request.
add_library(crash_preload MODULE test/fault/crash_preload.c
                                 test/support/crash_vfs.c src/base/assert.c)
target_include_directories(crash_preload PRIVATE src .)
target_link_libraries(crash_preload PRIVATE tenon_flags PkgConfig::SQLITE
                                            Threads::Threads ${CMAKE_DL_LIBS})

if(NOT TARGET tenon)
  return()
endif()

# The server with synchronous=OFF. Its object files come before the archive
# that holds the same ones with FULL, so the linker takes nothing of those.
get_target_property(database_sources tenon_database SOURCES)
add_executable(tenon_unsynced src/bin/main.c ${database_sources})
target_include_directories(
  tenon_unsynced PRIVATE "${CMAKE_BINARY_DIR}/include/database"
                         "${CMAKE_BINARY_DIR}/include/bin")
target_compile_definitions(tenon_unsynced
                           PRIVATE "TENON_SQLITE_SYNCHRONOUS=\"OFF\"")
target_link_libraries(tenon_unsynced PRIVATE tenon_all)

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
    "SANITIZED=${TENON_SANITIZE}")
set(TENON_FAULT_INPUTS "$<TARGET_FILE:crash_preload>"
                       "$<TARGET_FILE:tenon_unsynced>"
                       "${CMAKE_SOURCE_DIR}/test/fault/support")

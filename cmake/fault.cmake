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

# A library that is preloaded into a sanitized binary would come before the
# sanitizer, which refuses that.
if(TENON_SANITIZE)
  set(TENON_FAULT_ENVIRONMENT SANITIZED=1)
else()
  set(TENON_FAULT_ENVIRONMENT "CRASH_PRELOAD=$<TARGET_FILE:crash_preload>"
                              "UNSYNCED=$<TARGET_FILE:tenon_unsynced>")
endif()
set(TENON_FAULT_INPUTS "$<TARGET_FILE:crash_preload>"
                       "$<TARGET_FILE:tenon_unsynced>"
                       "${CMAKE_SOURCE_DIR}/test/fault/support")

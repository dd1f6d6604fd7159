# What every C file of the project is compiled and linked with.
add_library(tenon_flags INTERFACE)
target_compile_definitions(tenon_flags INTERFACE _GNU_SOURCE
                           TENON_VERSION="${PROJECT_VERSION}")
target_include_directories(tenon_flags SYSTEM INTERFACE ${LIBPQ_INCLUDE_DIRS} ${CURL_INCLUDE_DIRS}
                           ${OPENSSL_INCLUDE_DIRS} ${DEFLATE_INCLUDE_DIRS}
                           ${BROTLI_INCLUDE_DIRS} ${LUAJIT_INCLUDE_DIRS})
target_compile_options(
  tenon_flags
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wconversion
            -Wshadow
            -Wcast-qual
            -Wwrite-strings
            -Wstrict-prototypes
            -Wmissing-prototypes
            -Wvla
            -Wpointer-arith
            -Wformat=2
            -Wimplicit-fallthrough
            -Wundef
            -Wswitch-enum
            -Wnull-dereference
            -Wdouble-promotion
            -fno-omit-frame-pointer)
if(TENON_WERROR)
  target_compile_options(tenon_flags INTERFACE -Werror)
endif()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(
    tenon_flags INTERFACE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
                          -fstack-clash-protection)
  target_link_options(tenon_flags INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

if(TENON_SANITIZE)
  target_compile_options(tenon_flags INTERFACE -fsanitize=${TENON_SANITIZE}
                                               -fno-sanitize-recover=all)
  target_link_options(tenon_flags INTERFACE -fsanitize=${TENON_SANITIZE})
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    # Instrumented code confuses gcc's flow analysis; the plain builds have it.
    target_compile_options(tenon_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(TENON_COVERAGE)
  target_compile_options(tenon_flags INTERFACE --coverage)
  target_link_options(tenon_flags INTERFACE --coverage)
endif()

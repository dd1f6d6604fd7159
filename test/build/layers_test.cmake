# Compiles a two-line file for each pair of layers, with the include folder that
# the one is compiled with: what cmake/layers.cmake allows is found, everything
# else is "No such file" (gcc) or "file not found" (clang).
cmake_minimum_required(VERSION 3.25)
set(scratch "${BUILD}/layers-test")
file(MAKE_DIRECTORY "${scratch}")
set(passed 0)
set(failed 0)

# Compiles "#include <header>" as the layer would; sets output and status.
function(compile_include layer header)
  file(WRITE "${scratch}/includes.c" "#include \"${header}\"\nint unused;\n")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C "${COMPILER}" -std=c17 -fsyntax-only -I
            "${BUILD}/include/${layer}" "${scratch}/includes.c"
    RESULT_VARIABLE code
    ERROR_VARIABLE message)
  set(code ${code} PARENT_SCOPE)
  set(message "${message}" PARENT_SCOPE)
endfunction()

# A header that stands for its layer; bin has one only to be out of reach.
function(pick_header layer)
  file(GLOB headers RELATIVE "${BUILD}/include/${layer}"
       "${BUILD}/include/${layer}/${layer}/*.h"
       "${BUILD}/include/${layer}/${layer}/*/*.h")
  list(POP_FRONT headers header)
  set(header "${header}" PARENT_SCOPE)
endfunction()

set(names "")
foreach(row IN LISTS LAYERS)
  separate_arguments(words UNIX_COMMAND "${row}")
  list(POP_FRONT words name)
  list(APPEND names ${name})
  set(sees_${name} ${name} ${words})
endforeach()

foreach(layer IN LISTS names)
  foreach(other IN LISTS names)
    pick_header(${other})
    if(header)
      compile_include(${layer} "${header}")
      if(other IN_LIST sees_${layer})
        string(COMPARE EQUAL "${code}" "0" is_right)
      else()
        string(REGEX MATCH "No such file|file not found" is_right "${message}")
      endif()
      if(is_right)
        math(EXPR passed "${passed} + 1")
      else()
        math(EXPR failed "${failed} + 1")
        message("${layer} including ${header}: ${code} ${message}")
      endif()
    endif()
  endforeach()
endforeach()

message("${passed} pairs of layers as the table says, ${failed} not")
if(failed OR passed EQUAL 0)
  message(FATAL_ERROR "an include goes where cmake/layers.cmake forbids it")
endif()

# Who may include whom. The first word is the layer (a folder of src/), the
# rest is all that it sees besides itself. The compiler holds this table: a
# layer is compiled with an include folder that has links to these layers only,
# so an include that points upwards is "No such file".
#
# The tests of a layer see what the layer sees.
set(TENON_LAYERS
    "base"
    "io       base"
    "schema   base"
    "database base io schema"
    "generate base schema"
    "language base schema"
    "core     base io schema database"
    "lua      base io schema database core"
    "api      base io schema database generate core"
    "bin      base io schema database generate language core lua api")

# Compiles the folder src/<layer> as an object library tenon_<layer>.
function(tenon_add_layer row)
  separate_arguments(sees UNIX_COMMAND "${row}")
  list(GET sees 0 layer)
  set(include "${CMAKE_BINARY_DIR}/include/${layer}")
  file(REMOVE_RECURSE "${include}")
  file(MAKE_DIRECTORY "${include}")
  foreach(seen IN LISTS sees)
    file(CREATE_LINK "${CMAKE_SOURCE_DIR}/src/${seen}" "${include}/${seen}"
         SYMBOLIC)
  endforeach()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "src/${layer}/*.c"
       "src/${layer}/*.S")
  list(FILTER sources EXCLUDE REGEX "src/bin/main\\.c$")
  if(sources)
    add_library(tenon_${layer} OBJECT ${sources})
    target_include_directories(tenon_${layer} PRIVATE "${include}")
    target_link_libraries(tenon_${layer} PRIVATE tenon_flags)
    target_link_libraries(tenon_all PRIVATE tenon_${layer})
  endif()
endfunction()

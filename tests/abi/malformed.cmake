# Builds the plugins of malformed.txt; the target is `malformed`.
set(malformed_dir ${CMAKE_BINARY_DIR}/test-plugins/malformed)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/malformed.txt)
file(STRINGS malformed.txt lines REGEX "\\|")
list(FILTER lines EXCLUDE REGEX "^#")

add_library(malformed_body OBJECT malformed.cpp)
target_link_libraries(malformed_body PRIVATE sluice::sdk)
set(own_malformed_entry no-symbol wrong-major undefined-symbol)

set(malformed_targets "")
foreach(line ${lines})
  string(REGEX REPLACE " *\\|.*" "" name "${line}")
  if(name MATCHES "^(no-elf|cut-short|wrong-machine)$")
    continue() # made below from a good one
  endif()
  if(name IN_LIST own_malformed_entry)
    add_library(malformed-${name} MODULE malformed_case.c malformed.cpp)
  else()
    add_library(malformed-${name} MODULE malformed_case.c $<TARGET_OBJECTS:malformed_body>)
    set_target_properties(malformed-${name} PROPERTIES LINKER_LANGUAGE CXX)
  endif()
  target_link_libraries(malformed-${name} PRIVATE sluice::sdk)
  target_compile_definitions(malformed-${name} PRIVATE CASE="${name}")
  set_target_properties(malformed-${name} PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${malformed_dir})
  list(APPEND malformed_targets malformed-${name})
endforeach()
target_compile_definitions(malformed-no-symbol PRIVATE ENTRY=some_other_function)
target_compile_definitions(malformed-wrong-major PRIVATE ENTRY=sluice_plugin_entry_v9)
target_compile_definitions(malformed-undefined-symbol PRIVATE UNDEFINED)

set(damaged ${malformed_dir}/no-elf.so ${malformed_dir}/cut-short.so ${malformed_dir}/wrong-machine.so)
add_custom_command(
  OUTPUT ${damaged}
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/damage.sh $<TARGET_FILE:malformed-tables-long> ${malformed_dir}
  DEPENDS malformed-tables-long damage.sh
  COMMENT "Damaging shared objects for the loader's tests" VERBATIM)
add_custom_target(malformed DEPENDS ${malformed_targets} ${damaged})

# sluice_add_plugin(<name> SOURCES <file>... [LIBS <target>...] [OUTPUT_NAME <name>] [DIRECTORY <dir>])
#
# Builds the shared object <name>.so that a host can load. It exports the entry function and nothing
# else, carries its own copy of static libraries, and refuses to link with anything undefined.
# Output goes to DIRECTORY, else to ${SLUICE_PLUGIN_DIR}, else to <build>/plugins. After
# enable_testing() a test checks what it exports.

function(sluice_add_plugin name)
  cmake_parse_arguments(P "" "OUTPUT_NAME;DIRECTORY" "SOURCES;LIBS" ${ARGN})
  if(NOT P_SOURCES)
    message(FATAL_ERROR "sluice_add_plugin(${name}): give its SOURCES")
  endif()
  if(NOT P_OUTPUT_NAME)
    set(P_OUTPUT_NAME ${name})
  endif()
  if(NOT P_DIRECTORY)
    if(SLUICE_PLUGIN_DIR)
      set(P_DIRECTORY ${SLUICE_PLUGIN_DIR})
    else()
      set(P_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
    endif()
  endif()

  add_library(${name} MODULE ${P_SOURCES})
  target_link_libraries(${name} PRIVATE sluice::sdk ${P_LIBS})
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(CXX IN_LIST languages) # a plugin may be plain C
    target_compile_features(${name} PRIVATE cxx_std_20)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" OUTPUT_NAME ${P_OUTPUT_NAME} LIBRARY_OUTPUT_DIRECTORY ${P_DIRECTORY}
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  # Hidden visibility alone leaks templates of the standard library: the version script closes that.
  target_link_options(${name} PRIVATE
    -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map -Wl,--exclude-libs,ALL -Wl,-z,now)
  get_directory_property(link_options LINK_OPTIONS)
  if(NOT "${link_options} ${CMAKE_CXX_FLAGS} ${CMAKE_MODULE_LINKER_FLAGS}" MATCHES "-fsanitize")
    # A sanitizer's functions come from the program, so they would count as undefined.
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()

  if(CMAKE_TESTING_ENABLED)
    add_test(NAME plugin-symbols.${name}
             COMMAND ${CMAKE_COMMAND} -DPLUGIN=$<TARGET_FILE:${name}> -DNM=${CMAKE_NM}
                     -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CheckPluginSymbols.cmake)
    set_tests_properties(plugin-symbols.${name} PROPERTIES LABELS "unit")
  endif()
endfunction()

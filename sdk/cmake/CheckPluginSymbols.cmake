# Fails unless PLUGIN exports exactly the entry function.
execute_process(COMMAND ${NM} -D --defined-only ${PLUGIN}
                OUTPUT_VARIABLE listing RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE)
if(failed)
  message(FATAL_ERROR "${NM} cannot read ${PLUGIN}")
endif()
string(REGEX MATCHALL "[^\n]+" symbols "${listing}")
list(TRANSFORM symbols REPLACE "^[^ ]* . " "")
if(NOT symbols STREQUAL "sluice_plugin_entry_v0")
  message(FATAL_ERROR "${PLUGIN} exports more or less than sluice_plugin_entry_v0: ${symbols}")
endif()

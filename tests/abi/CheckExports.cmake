# Fails if PROGRAM exports anything of ours or of what it was linked with statically: then a plugin
# could come to depend on it, or be given it instead of its own.
execute_process(COMMAND ${NM} -D --defined-only ${PROGRAM}
                OUTPUT_VARIABLE listing RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${NM} cannot read ${PROGRAM}")
endif()
string(REGEX MATCHALL "[^\n]*(4host|sluice|rd_kafka|rapidjson|pcre2|crc32c|ZSTD_|LZ4)[^\n]*" found "${listing}")
if(found)
  list(JOIN found "\n  " found)
  message(FATAL_ERROR "${PROGRAM} exports:\n  ${found}")
endif()

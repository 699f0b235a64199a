# Runs PROGRAM and compares what it prints with RECORDED: every line must be in both.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${PROGRAM} failed: ${failed}")
endif()
file(READ ${RECORDED} recorded)
if(printed STREQUAL recorded)
  return()
endif()
string(REGEX MATCHALL "[^\n]+" printed_lines "${printed}")
string(REGEX MATCHALL "[^\n]+" recorded_lines "${recorded}")
set(gone ${recorded_lines})
list(REMOVE_ITEM gone ${printed_lines})
set(new ${printed_lines})
list(REMOVE_ITEM new ${recorded_lines})
list(JOIN gone "\n  " gone)
list(JOIN new "\n  " new)
message(FATAL_ERROR "The ABI's layout is not the recorded one.\n"
  "Recorded and no longer so (plugins that were built before break):\n  ${gone}\n"
  "Not recorded yet:\n  ${new}\n"
  "If that is meant: run ${PROGRAM} > ${RECORDED}, and say why in sdk/abi/HISTORY.md.")

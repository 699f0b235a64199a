// What every test program tells the sanitizer it is built with; see sluice_gtest().

// Signals are what the tests of crashing plugins are about. Threads that hang in a plugin are left
// behind on purpose.
#if defined(__SANITIZE_THREAD__)

extern "C" __attribute__((visibility("default"))) const char *__tsan_default_options() {
  return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0:"
         "report_thread_leaks=0:atexit_sleep_ms=0";
}

// Of librdkafka. The pause before its partitioner chooses a new sticky partition is read and
// written without a lock; at worst it chooses one more. A closing consumer's count of commits under
// way is lowered by the broker's thread when their request times out.
extern "C" __attribute__((visibility("default"))) const char *__tsan_default_suppressions() {
  return "race:rd_interval0\n"
         "race:rd_kafka_msg_sticky_partition\n"
         "race:rd_kafka_cgrp_op_handle_OffsetCommit\n";
}

#elif defined(__SANITIZE_ADDRESS__)

extern "C" __attribute__((visibility("default"))) const char *__asan_default_options() {
  return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0:"
         "detect_stack_use_after_return=0";
}

#endif

#include <gtest/gtest.h>

#include "host/supervisor/runner_entry.h"
#include "host_program.h"
#include "stub_runner.h"

int main(int argc, char **argv) {
  host::supervisor::maybe_run_template(argc, argv, process_test::stub_runner_main);
  process_test::maybe_run_host(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

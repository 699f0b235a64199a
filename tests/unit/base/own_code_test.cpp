#include "host/base/own_code.h"

#include <gtest/gtest.h>

namespace host {
namespace {

TEST(OwnCode, IsLetGoAndComesBackAsItIsNeeded) {
  const std::size_t before = mapped_code_bytes();
  let_go_of_code();
  const std::size_t after = mapped_code_bytes();
  EXPECT_GT(after, 0u) << "this very code is needed";
  EXPECT_LT(after, before);
}

} // namespace
} // namespace host

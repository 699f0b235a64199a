#include "host/base/redactor.h"

#include <gtest/gtest.h>

namespace host {
namespace {

TEST(Redactor, TakesOutEveryOccurrenceLongestFirst) {
  Redactor redactor;
  redactor.add({"pass", "password1"});
  EXPECT_EQ(redactor.redact("password1 and pass, password"), "[hidden] and [hidden], [hidden]word");
}

TEST(Redactor, LeavesWhatIsTooShortToTellFromText) {
  Redactor redactor;
  redactor.add({"", "a", "at"});
  EXPECT_EQ(redactor.redact("a cat"), "a cat");
}

TEST(Redactor, AddsToWhatItKnows) {
  Redactor redactor;
  redactor.add({"first"});
  redactor.add({"second"});
  EXPECT_EQ(redactor.redact("first second"), "[hidden] [hidden]");
}

} // namespace
} // namespace host

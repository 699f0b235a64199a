#include "host/base/error.h"

#include <gtest/gtest.h>

namespace host {
namespace {

TEST(Error, TraceNamesClassMessageAndCauses) {
  Error inner(Code::Data, exception::kSerialization, "bad byte at 3");
  Error outer = std::move(inner).wrap(Code::Data, exception::kData, "Converting failed: ");
  EXPECT_EQ(outer.trace(), "org.apache.kafka.connect.errors.DataException: Converting failed: \n"
                           "Caused by: org.apache.kafka.common.errors.SerializationException: "
                           "bad byte at 3\n");
}

TEST(Error, EachCodeHasAClassThatUsersKnow) {
  EXPECT_EQ(Error(Code::NotFound, "x").exception(), exception::kNotFound);
  EXPECT_EQ(Error(Code::Internal, "x").exception(), exception::kConnect);
}

Result<int> half(int x) {
  if (x % 2)
    return fail(Code::Data, "odd");
  return x / 2;
}
Result<int> quarter(int x) {
  HOST_ASSIGN(const int h, half(x));
  return half(h);
}
Status check(int x) {
  HOST_TRY(quarter(x));
  return {};
}

TEST(Result, MacrosReturnTheFirstError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().message(), "odd");
  EXPECT_TRUE(check(4).has_value());
  EXPECT_FALSE(check(3).has_value());
}

TEST(Error, ContextComesInFront) {
  EXPECT_EQ(Error(Code::Io, "no such file").context("while opening x").message(),
            "while opening x: no such file");
}

} // namespace
} // namespace host

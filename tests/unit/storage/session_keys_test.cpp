#include "host/storage/session_keys.h"

#include <gtest/gtest.h>

namespace host::storage {
namespace {

TEST(SessionKeys, AreAsLongAsJavaMakesThem) {
  const auto bytes = [](const std::string &algorithm, std::optional<std::int32_t> bits = {}) {
    return generate_session_key({.algorithm = algorithm, .size_bits = bits}, 7).value();
  };
  EXPECT_EQ(bytes("HmacSHA256").secret.size(), 32u);
  EXPECT_EQ(bytes("HmacSHA512").secret.size(), 64u);
  EXPECT_EQ(bytes("HmacSHA256", 200).secret.size(), 25u);
  EXPECT_EQ(bytes("HmacSHA256").created_at_ms, 7);
  EXPECT_NE(bytes("HmacSHA256").secret, bytes("HmacSHA256").secret);
}

TEST(SessionKeys, SayWhatIsWrongWithTheSettings) {
  const auto unknown = generate_session_key({.algorithm = "AES", .size_bits = {}}, 0);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), Code::Config);
  const auto small = generate_session_key({.algorithm = "HmacSHA256", .size_bits = 8}, 0);
  ASSERT_FALSE(small);
  EXPECT_NE(small.error().message().find("inter.worker.key.size"), std::string::npos);
}

TEST(SessionKeys, AreReplacedWhenTheyAreOldOrOfAnotherKind) {
  const SessionKeySettings settings{.size_bits = {}, .ttl_ms = 1'000};
  const SessionKey key = generate_session_key(settings, 5'000).value();
  EXPECT_EQ(session_key_expiry(std::nullopt, settings), 0);
  EXPECT_EQ(session_key_expiry(key, settings), 6'000);
  EXPECT_EQ(session_key_expiry(key, {.algorithm = "HmacSHA512", .size_bits = {}}), 0);
  EXPECT_EQ(session_key_expiry(key, {.size_bits = 512}), 0);
  EXPECT_EQ(session_key_expiry(key, {.size_bits = {}, .ttl_ms = 0}), std::nullopt);
}

} // namespace
} // namespace host::storage

#include "host/http/request_signature.h"

#include <gtest/gtest.h>

namespace host::http {
namespace {

const SigningKey kKey{"key", "HmacSHA256"};
const std::string kBody = "The quick brown fox jumps over the lazy dog";
// RFC-like vector, known from everywhere: f7bc83f4…d8 in hexadecimal.
const std::string kMac = "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=";

Code code_of(const Status &status) { return status.error().code(); }

TEST(RequestSignature, IsTheMacOfTheBody) {
  EXPECT_EQ(sign(kKey, kBody).value(), kMac);
  EXPECT_EQ(sign({"key", "HmacNope"}, kBody).error().message(), "Algorithm HmacNope not available");
}

TEST(RequestSignature, FitsOrNot) {
  const std::vector<std::string> allowed{"HmacSHA256"};
  EXPECT_TRUE(verify({kMac, "HmacSHA256"}, kBody, "key", allowed));
  for (const std::string algorithm : {"HmacSHA1", "HmacSHA224", "HmacSHA384", "HmacSHA512"})
    for (const std::string body : {"", "[]", "{\"a\":1}"}) {
      const SigningKey key{std::string("\0\xff", 2), algorithm};
      EXPECT_TRUE(verify({sign(key, body).value(), algorithm}, body, key.bytes, {algorithm}));
    }
  const Status other_body = verify({kMac, "HmacSHA256"}, kBody + " ", "key", allowed);
  EXPECT_EQ(code_of(other_body), Code::Forbidden);
  EXPECT_EQ(other_body.error().message(), "Internal request contained invalid signature.");
  EXPECT_EQ(code_of(verify({kMac, "HmacSHA256"}, kBody, "kez", allowed)), Code::Forbidden);
  EXPECT_EQ(code_of(verify({"AAAA", "HmacSHA256"}, kBody, "key", allowed)), Code::Forbidden);
  EXPECT_EQ(code_of(verify({"", "HmacSHA256"}, kBody, "key", allowed)), Code::Forbidden);
}

TEST(RequestSignature, IsCheckedInConnectsOrder) {
  const std::vector<std::string> allowed{"HmacSHA1", "HmacSHA256"};
  const auto message = [&](Signature signature, std::optional<std::string> key = "key") {
    return verify(signature, kBody, key, allowed).error().message();
  };
  EXPECT_EQ(message({}), "Internal request missing required signature");
  EXPECT_EQ(message({kMac, std::nullopt}), "Internal request missing required signature");
  EXPECT_EQ(message({"*", "HmacNope"}), "Algorithm HmacNope not available");
  EXPECT_EQ(message({"*", "HmacSHA512"}), "Illegal base64 character 2a");
  EXPECT_EQ(code_of(verify({"AA=", "HmacSHA256"}, "", "key", allowed)), Code::BadRequest);
  EXPECT_EQ(code_of(verify({"A", "HmacSHA256"}, "", "key", allowed)), Code::BadRequest);
  EXPECT_TRUE(message({kMac, "HmacSHA512"}, std::nullopt)
                  .starts_with("This worker does not support the 'HmacSHA512' key signing "
                               "algorithm used by other workers. This worker is currently "
                               "configured to use: [HmacSHA1, HmacSHA256]. Check that all"));
  EXPECT_EQ(code_of(verify({kMac, "HmacSHA256"}, kBody, std::nullopt, allowed)), Code::Unavailable);
}

} // namespace
} // namespace host::http

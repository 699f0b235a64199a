#include "host/http/request_signature.h"

#include <array>
#include <utility>

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

// Made by javax.crypto.Mac of JDK 17 with the bytes 251, 32, 69, … as key.
TEST(RequestSignature, IsJavas) {
  std::string key;
  for (int i = 0; i < 32; ++i)
    key += static_cast<char>(i * 37 - 5);
  const std::string body =
      R"([{"task.class":"org.apache.kafka.connect.file.FileStreamSourceTask","topic":"ü"}])";
  const std::vector<std::array<std::string, 3>> golden{
      {"HmacMD5", "znZW9rbdeLu8hNljGSImbQ==", "6AQqq8vxP/k3FmkL86fl8A=="},
      {"HmacSHA1", "vL/sdFF9xnPvz51zrwWaqcwPjkE=", "3Xio+Qpwr0MkbSfs1G9yPdk6ZYg="},
      {"HmacSHA224",
       "j55e3Geh1B/9jibCuZSDXykaTyYPjqwehl7I6Q==", "Q6piZL9iO9jrkodr2rmEmBba92xVnfsTdO/gIQ=="},
      {"HmacSHA256", "7NelscapGAGJdatqD8AhOGCv8miYivrlAruZm2U0BFI=",
       "++qUuY/vCIsyQLjs9Hq+CC8n6NRDVNrDIlT5L4LyVGc="},
      {"HmacSHA384", "YxTv1eQJnwcwd/pctdoUXfbOa2N3T1CmdzV8x/tnLHfWFfXT1RUvHa+fK2R+vWmG",
       "6qQE3wd7yblmT1fTJuy2E62yBqdr41+QBXYEhWfO5Aoz0zo1mVp463tPHVR2Acvx"},
      {
          "HmacSHA512",
          "P4/PcFb4B+TWuw0cLeNbFs39Xeus5JyB3wyahLyf1fJA0DkfCuZuInMw0EyA0bVAP+ZVNJe1/"
          "oi1zpYLauB7AQ==",
          "9WowkTclGoezW1ob+4pSazWH9dJBdn1F7P3b3tECq9l0zKeiFkZedVAsNmeklCf2BooEK4WiNosO1HWD+jbU2Q="
          "=",
      }};
  for (const auto &[algorithm, of_nothing, of_body] : golden) {
    EXPECT_EQ(sign({key, algorithm}, "").value(), of_nothing);
    EXPECT_EQ(sign({key, algorithm}, body).value(), of_body);
    EXPECT_TRUE(verify({of_nothing, algorithm}, "", key, {algorithm}));
    EXPECT_TRUE(verify({of_body, algorithm}, body, key, {algorithm}));
  }
}

TEST(RequestSignature, IsReadAsJavasDecoderReads) {
  const std::string ending = "Input byte array has wrong 4-byte ending unit";
  for (const auto &[text, complaint] : std::vector<std::pair<std::string, std::string>>{
           {"", ""},
           {"A", "Input byte[] should at least have 2 bytes for base64 bytes"},
           {"=", "Input byte[] should at least have 2 bytes for base64 bytes"},
           {"AAAAA", "Last unit does not have enough valid bits"},
           {"AA", ""},
           {"AA=", ending},
           {"AA==", ""},
           {"AAA", ""},
           {"AAA=", ""},
           {"AAB=", ""},
           {"AAAA=", ending},
           {"AAAA====", ending},
           {"AA=A", ending},
           {"AA==A", "Input byte array has incorrect ending byte at 4"},
           {"AAA==", "Input byte array has incorrect ending byte at 4"},
           {"-_8=", "Illegal base64 character 2d"},
           {"AA\nAA", "Illegal base64 character a"}}) {
    const Status read = check_form({text, "HmacSHA256"});
    EXPECT_EQ(read ? "" : read.error().message(), complaint) << text;
  }
  EXPECT_TRUE(check_form({}));
  EXPECT_TRUE(check_form({"*", std::nullopt}));
  EXPECT_EQ(code_of(check_form({"AA", "HmacNope"})), Code::BadRequest);
}

TEST(RequestSignature, IsCheckedInConnectsOrder) {
  const std::vector<std::string> allowed{"HmacSHA1", "HmacSHA256"};
  const auto message = [&](Signature signature, std::optional<std::string> key = "key") {
    return verify(signature, kBody, key, allowed).error().message();
  };
  EXPECT_EQ(message({}), "Internal request missing required signature");
  EXPECT_EQ(message({kMac, std::nullopt}), "Internal request missing required signature");
  EXPECT_EQ(message({"**", "HmacNope"}), "Algorithm HmacNope not available");
  EXPECT_EQ(message({"**", "HmacSHA512"}), "Illegal base64 character 2a");
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

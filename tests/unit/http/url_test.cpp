#include "host/http/url.h"

#include <gtest/gtest.h>

namespace host::http {
namespace {

std::string read(std::string_view text) {
  const auto url = parse_url(text);
  return url ? url->text() : url.error().message();
}

TEST(Url, is_read_with_all_its_parts) {
  EXPECT_EQ(*parse_url("https://connect.example:8443/a/b/"),
            (Url{true, "connect.example", 8443, "/a/b"}));
}

TEST(Url, takes_scheme_and_port_as_given_or_usual) {
  EXPECT_EQ(read("http://localhost:8083"), "http://localhost:8083");
  EXPECT_EQ(read("localhost:8083"), "http://localhost:8083");
  EXPECT_EQ(read("http://localhost/"), "http://localhost:80");
  EXPECT_EQ(read("https://localhost"), "https://localhost:443");
  EXPECT_EQ(read("10.0.0.1:1"), "http://10.0.0.1:1");
}

TEST(Url, takes_ipv6_addresses_in_brackets) {
  EXPECT_EQ(parse_url("http://[::1]:8083")->host, "::1");
  EXPECT_EQ(read("http://[fe80::AB]"), "http://[fe80::AB]:80");
  EXPECT_FALSE(parse_url("http://::1:8083"));
  EXPECT_FALSE(parse_url("http://[::1"));
  EXPECT_FALSE(parse_url("http://[::1]8083"));
  EXPECT_FALSE(parse_url("http://[host]:1"));
}

TEST(Url, says_what_is_wrong_and_what_is_expected) {
  EXPECT_EQ(read("ftp://h"),
            "`ftp://h` has the scheme `ftp`; expected http://HOST[:PORT][/PREFIX] or https://…");
  EXPECT_EQ(read("http://h:99999"),
            "`http://h:99999` names no host and port; expected http://HOST[:PORT][/PREFIX] or "
            "https://…");
  for (const char *text :
       {"", "http://", "http://:80", "http://h:", "http://h:0", "http://h:8o", "http://a b",
        "http://h\xc3\xbc", "http://h/?a=b", "http://h/#x", "http://h\r\nX: y"})
    EXPECT_FALSE(parse_url(text)) << text;
}

TEST(Url, never_repeats_a_password) {
  const auto url = parse_url("http://me:hush@h:8083");
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().message().find("hush"), std::string::npos);
}

TEST(Url, escapes_names_in_paths) {
  EXPECT_EQ(encode_segment("my-source_1.~"), "my-source_1.~");
  EXPECT_EQ(encode_segment("a/b c?%\xc3\xa4"), "a%2Fb%20c%3F%25%C3%A4");
}

} // namespace
} // namespace host::http

#include "host/wire/sasl.h"

#include <gtest/gtest.h>

#include "host/wire/oauth_token.h"

namespace host::wire {
namespace {

using namespace std::string_literals;

const std::string kNonce = "rOprNGfwEbeRWgbNEkqO";
const std::string kServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                 "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const std::string kServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

std::unique_ptr<SaslClient> scram(const SaslSettings &settings) {
  return make_sasl_client(settings, kNonce);
}

// The example of RFC 7677.
TEST(Scram, TheExampleOfTheStandard) {
  const SaslSettings settings{SaslMechanism::ScramSha256, "user", "pencil", {}};
  const auto client = scram(settings);
  EXPECT_EQ(client->first().value(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(client->answer(kServerFirst).value(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  const auto last = client->answer(kServerFinal);
  ASSERT_TRUE(last) << last.error().message();
  EXPECT_FALSE(last->has_value());
}

TEST(Scram, ABrokerThatDoesNotKnowThePasswordIsRefused) {
  const SaslSettings settings{SaslMechanism::ScramSha256, "user", "pencil", {}};
  for (const std::string &last :
       {"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="s, "v="s, "v=****"s, ""s, "e=other"s}) {
    const auto client = scram(settings);
    ASSERT_TRUE(client->first());
    ASSERT_TRUE(client->answer(kServerFirst));
    EXPECT_FALSE(client->answer(last)) << last;
  }
}

TEST(Scram, FirstMessagesThatAreNoneAreRefused) {
  const SaslSettings settings{SaslMechanism::ScramSha512, "user", "pencil", {}};
  const std::string messages[] = {
      "",
      "r=",
      "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",          // another nonce
      "r=" + kNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", // nothing of its own
      "r=" + kNonce + "x,s=,i=4096",
      "r=" + kNonce + "x,s=%%%%,i=4096",
      "r=" + kNonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",
      "r=" + kNonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2147483647", // would cost minutes
      "r=" + kNonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999999999999",
      "r=" + kNonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096x",
  };
  for (const std::string &message : messages) {
    const auto client = scram(settings);
    ASSERT_TRUE(client->first());
    const auto answer = client->answer(message);
    ASSERT_FALSE(answer) << message;
    EXPECT_EQ(answer.error().message().rfind("SCRAM: ", 0), 0u);
  }
}

TEST(Scram, NamesAreEscaped) {
  const SaslSettings settings{SaslMechanism::ScramSha256, "a=b,c", "p", {}};
  EXPECT_EQ(scram(settings)->first().value(), "n,,n=a=3Db=2Cc,r=" + kNonce);
}

TEST(Sasl, PlainSaysItAllAtOnce) {
  const SaslSettings settings{SaslMechanism::Plain, "user", "secret", {}};
  const auto client = make_sasl_client(settings);
  EXPECT_EQ(client->first().value(), "\0user\0secret"s);
  EXPECT_FALSE(client->answer("").value().has_value());
}

TEST(Sasl, OauthAcknowledgesARefusal) {
  const SaslSettings settings{SaslMechanism::OauthBearer, "", "",
                              "principal=admin extension_org=a"};
  const auto client = make_sasl_client(settings);
  const std::string first = client->first().value();
  EXPECT_EQ(first.rfind("n,,\x01"
                        "auth=Bearer eyJhbGciOiJub25lIn0.",
                        0),
            0u);
  EXPECT_TRUE(first.ends_with(".\x01org=a\x01\x01")) << first;
  EXPECT_FALSE(client->answer("").value().has_value());
  EXPECT_EQ(client->answer("{\"status\":\"invalid_token\"}").value(), "\x01");
}

TEST(OauthToken, IsAnUnsecuredWebToken) {
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1000)};
  const auto token = make_unsecured_token("principal=me  scope=a,b lifeSeconds=60", now);
  ASSERT_TRUE(token) << token.error().message();
  // {"sub":"me","iat":1000,"exp":1060,"scope":["a","b"]}
  EXPECT_EQ(token->text, "eyJhbGciOiJub25lIn0."
                         "eyJzdWIiOiJtZSIsImlhdCI6MTAwMCwiZXhwIjoxMDYwLCJzY29wZSI6WyJhIiwiYiJdfQ.");
  for (const char *config : {"", "scope=a", "principal", "principal=", "principal=a lifeSeconds=x",
                             "principal=a lifeSeconds=0"}) {
    const auto wrong = make_unsecured_token(config, now);
    ASSERT_FALSE(wrong) << config;
    EXPECT_EQ(wrong.error().code(), Code::Config);
  }
}

} // namespace
} // namespace host::wire

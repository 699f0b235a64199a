#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "host/kafka/client_config.h"
#include "host/kafka/jaas.h"

namespace host::kafka {
namespace {

TEST(Jaas, ReadsWhatJavaReads) {
  const auto entry = parse_jaas(
      "org.apache.kafka.common.security.plain.PlainLoginModule required // who\n"
      "  username=\"al'ice\" /* secret */ password='p\\\"a\\\\s\\163;=' tokenauth=true;");
  ASSERT_TRUE(entry) << entry.error().message();
  EXPECT_EQ(entry->module, "org.apache.kafka.common.security.plain.PlainLoginModule");
  EXPECT_EQ(entry->options.get("username"), "al'ice");
  EXPECT_EQ(entry->options.get("password"), "p\"a\\ss;=");
  EXPECT_EQ(entry->options.get("tokenauth"), "true");
}

TEST(Jaas, SaysWhatIsMissingAndShowsNoSecret) {
  const std::pair<const char *, const char *> cases[] = {
      {"", "Login module not specified in JAAS config"},
      {"X", "Login module control flag not specified in JAAS config"},
      {"X required password=\"geheim\"", "JAAS config entry not terminated by semi-colon"},
      {"X required password", "Value not specified for key 'password' in JAAS config"},
      {"X required password=;", "Value not specified for key 'password' in JAAS config"},
      {"X required password=12;", "Value not specified for key 'password' in JAAS config"},
      {"X required; Y required;",
       "JAAS config property contains more than one login module, should be 1 module"},
  };
  for (const auto &[text, message] : cases) {
    const auto entry = parse_jaas(text);
    ASSERT_FALSE(entry) << text;
    EXPECT_EQ(entry.error().message(),
              std::string("Invalid value [hidden] for configuration sasl.jaas.config: ") + message);
  }
}

// One folder of store files for a test, gone with it.
class Security : public testing::Test {
protected:
  Security() {
    std::string name = std::filesystem::temp_directory_path() / "sluice-kafka-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~Security() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string &name, std::string_view content) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  static std::string get(std::initializer_list<StringMap::Entry> keys, std::string_view native) {
    const StringMap connector{{"name", "c"}};
    StringMap worker;
    for (const auto &[key, value] : keys)
      worker.set("consumer." + key, value);
    const auto config = client_config(
        {.kind = ClientKind::SinkConsumer, .worker = worker, .connector = &connector});
    if (!config)
      return config.error().message();
    const std::string *value = config->find(native);
    return value != nullptr ? *value : "(unset)";
  }

  std::filesystem::path folder_;
};

TEST_F(Security, PlainAndScramLogIn) {
  for (const char *mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
    const std::string module =
        mechanism[0] == 'P' ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
    const std::string jaas =
        "org.apache.kafka.common.security." + module + " required username=\"u\" password=\"p w\";";
    const std::initializer_list<StringMap::Entry> keys = {{"security.protocol", "SASL_SSL"},
                                                          {"sasl.mechanism", mechanism},
                                                          {"sasl.jaas.config", jaas}};
    EXPECT_EQ(get(keys, "sasl.mechanism"), mechanism);
    EXPECT_EQ(get(keys, "sasl.username"), "u");
    EXPECT_EQ(get(keys, "sasl.password"), "p w");
    EXPECT_EQ(get(keys, "security.protocol"), "SASL_SSL");
  }
}

TEST_F(Security, KerberosTakesItsKeyTable) {
  const std::initializer_list<StringMap::Entry> keys = {
      {"security.protocol", "SASL_PLAINTEXT"},
      {"sasl.kerberos.service.name", "kafka"},
      {"sasl.jaas.config", "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true "
                           "keyTab=\"/etc/k.keytab\" principal=\"me@X\";"}};
  EXPECT_EQ(get(keys, "sasl.mechanism"), "GSSAPI");
  EXPECT_EQ(get(keys, "sasl.kerberos.keytab"), "/etc/k.keytab");
  EXPECT_EQ(get(keys, "sasl.kerberos.principal"), "me@X");
  EXPECT_EQ(get(keys, "sasl.kerberos.service.name"), "kafka");
}

TEST_F(Security, UnsecuredTokensAreMadeOfTheirClaims) {
  const auto config = [&](const std::string &options, std::string_view key) {
    return get({{"security.protocol", "SASL_SSL"},
                {"sasl.mechanism", "OAUTHBEARER"},
                {"sasl.jaas.config", "org.apache.kafka.common.security.oauthbearer."
                                     "OAuthBearerLoginModule required " +
                                         options + ";"}},
               key);
  };
  EXPECT_EQ(config("unsecuredLoginStringClaim_sub=\"me\"", "sasl.oauthbearer.config"),
            "principal=me");
  EXPECT_EQ(config("unsecuredLoginStringClaim_sub=\"me\"", "enable.sasl.oauthbearer.unsecure.jwt"),
            "true");
  EXPECT_EQ(config("unsecuredLoginPrincipalClaimName=\"who\" unsecuredLoginStringClaim_who=\"me\" "
                   "unsecuredLoginListClaim_scope=\"|a|b\" unsecuredLoginLifetimeSeconds=\"60\" "
                   "unsecuredLoginExtension_org=\"o\"",
                   "sasl.oauthbearer.config"),
            "principalClaimName=who principal=me scope=a,b lifeSeconds=60 extension_org=o");
  EXPECT_NE(config("clientId=\"x\"", "").find("makes unsecured tokens only"), std::string::npos);
  EXPECT_NE(config("unsecuredLoginNumberClaim_x=\"1\"", "").find("is not supported"),
            std::string::npos);
  EXPECT_NE(config("", "").find("needs `unsecuredLoginStringClaim_sub`"), std::string::npos);
}

TEST_F(Security, WhatCannotWorkIsRefusedByName) {
  EXPECT_EQ(get({{"security.protocol", "SASL_SSL"}, {"sasl.mechanism", "DIGEST-MD5"}}, ""),
            "Invalid value DIGEST-MD5 for configuration sasl.mechanism: supported are PLAIN, "
            "SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER and GSSAPI");
  EXPECT_EQ(get({{"security.protocol", "SASL_SSL"}, {"sasl.mechanism", "PLAIN"}}, ""),
            "sasl.mechanism=PLAIN needs sasl.jaas.config with a user name and a password; no "
            "system-wide JAAS file is read here");
  EXPECT_EQ(get({{"security.protocol", "SASL_SSL"},
                 {"sasl.mechanism", "PLAIN"},
                 {"sasl.jaas.config", "a.b.C required x=\"geheim\";"}},
                ""),
            "Invalid value [hidden] for configuration sasl.jaas.config: login module a.b.C is Java "
            "code that is not known here; PlainLoginModule, ScramLoginModule, "
            "OAuthBearerLoginModule and Krb5LoginModule are");
}

TEST_F(Security, StoresAreTakenByTheirContent) {
  const std::string pem = file("a.pem", "-----BEGIN CERTIFICATE-----\n");
  const std::string p12 = file("a.p12", "\x30\x82\x01\x02");
  EXPECT_EQ(get({{"ssl.truststore.location", pem}}, "ssl.ca.location"), pem);
  EXPECT_EQ(get({{"ssl.keystore.location", pem}}, "ssl.key.location"), pem);
  EXPECT_EQ(get({{"ssl.keystore.location", pem}}, "ssl.certificate.location"), pem);
  EXPECT_EQ(get({{"ssl.keystore.location", p12}, {"ssl.keystore.password", "x"}},
                "ssl.keystore.location"),
            p12);
  EXPECT_EQ(get({{"ssl.truststore.certificates", "PEM"}}, "ssl.ca.pem"), "PEM");
  EXPECT_EQ(
      get({{"ssl.endpoint.identification.algorithm", ""}}, "ssl.endpoint.identification.algorithm"),
      "none");
  EXPECT_EQ(get({{"ssl.cipher.suites", "A, B"}}, "ssl.cipher.suites"), "A:B");
}

TEST_F(Security, StoresThatCannotBeReadSayWhatToDo) {
  const std::string jks = file("a.jks", "\xFE\xED\xFE\xED");
  const std::string p12 = file("a.p12", "\x30\x82\x01\x02");
  EXPECT_EQ(get({{"ssl.keystore.location", jks}}, ""),
            "Invalid value " + jks +
                " for configuration ssl.keystore.location: JKS stores can only be read by Java; "
                "convert it with `keytool -importkeystore -srckeystore " +
                jks + " -destkeystore " + jks +
                ".p12 -deststoretype PKCS12`, and a trust store on to PEM with `openssl pkcs12 "
                "-nokeys`");
  EXPECT_EQ(get({{"ssl.truststore.location", p12}}, ""),
            "Invalid value " + p12 +
                " for configuration ssl.truststore.location: a trust store must be a PEM file "
                "here; convert it with `openssl pkcs12 -in " +
                p12 + " -nokeys -out ca.pem`");
  EXPECT_EQ(get({{"ssl.keystore.location", p12}, {"ssl.keystore.type", "PEM"}}, ""),
            "Invalid value " + p12 +
                " for configuration ssl.keystore.location: the file is not of the type PEM that "
                "is set");
  EXPECT_EQ(get({{"ssl.truststore.location", "/none"}}, ""),
            "Invalid value /none for configuration ssl.truststore.location: the file cannot be "
            "read");
}

} // namespace
} // namespace host::kafka

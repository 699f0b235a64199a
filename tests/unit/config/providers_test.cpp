#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/config/config_resolver.h"
#include "host/config/config_variables.h"

namespace host::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> parts(std::string_view value) {
  std::vector<std::string> parts;
  for (const Variable &v : variables_in(value))
    parts.push_back(std::string(v.provider) + "|" + std::string(v.path) + "|" + std::string(v.key));
  return parts;
}

TEST(ConfigVariables, ProviderPathAndKey) {
  EXPECT_THAT(parts("${file:/a/b.properties:user}"), ElementsAre("file|/a/b.properties|user"));
  EXPECT_THAT(parts("${env:HOME}"), ElementsAre("env||HOME"));
  EXPECT_THAT(parts("jdbc:${env:A}:${dir:/s:k}!"), ElementsAre("env||A", "dir|/s|k"));
  EXPECT_THAT(parts("${a:b:c:d}"), ElementsAre("a|b|c:d"));
  EXPECT_THAT(parts("${:}"), ElementsAre("||"));
}

TEST(ConfigVariables, WhatIsNoVariableIsOrdinaryText) {
  for (const char *text : {"", "${}", "${env}", "$env:A}", "${env:A", "{env:A}"})
    EXPECT_THAT(parts(text), IsEmpty()) << text;
  EXPECT_THAT(parts("${env} ${env:A}"), ElementsAre("env||A"));
  // As Connect's expression finds it: nothing nests.
  EXPECT_THAT(parts("${env:${env:A}}"), ElementsAre("env|${env|A"));
}

class Providers : public testing::Test {
protected:
  Providers() {
    char name[] = "/tmp/providers-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~Providers() override { std::filesystem::remove_all(folder_); }

  void write(const std::string &name, const std::string &text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string path(const std::string &name) const { return (folder_ / name).string(); }

  // What a config with the one key `k` becomes; an error in angle brackets.
  static std::string value(const StringMap &worker, const std::string &text) {
    const auto resolver = ConfigResolver::from(worker);
    if (!resolver)
      return "<" + resolver.error().message() + ">";
    const auto resolved = resolver->resolve({{"k", text}});
    return resolved ? resolved->values.get("k") : "<" + resolved.error().message() + ">";
  }

  std::filesystem::path folder_;
  const StringMap file_{
      {"config.providers", "f"},
      {"config.providers.f.class", "org.apache.kafka.common.config.provider.FileConfigProvider"}};
};

TEST_F(Providers, FilesAreReadEachTimeAsUtf8Properties) {
  write("s.properties", "user=J\xC3\xBCrgen\npassword : ge\\u0068eim\n");
  EXPECT_EQ(value(file_, "${f:" + path("s.properties") + ":user}"), "J\xC3\xBCrgen");
  EXPECT_EQ(value(file_, "<${f:" + path("s.properties") + ":password}>"), "<geheim>");
  write("s.properties", "user=other\n");
  EXPECT_EQ(value(file_, "${f:" + path("s.properties") + ":user}"), "other");
}

TEST_F(Providers, UnknownProvidersAndKeysStayAsTheyAre) {
  write("s", "a=1\n");
  EXPECT_EQ(value(file_, "${g:x:y}"), "${g:x:y}");
  EXPECT_EQ(value(file_, "${f:" + path("s") + ":b} ${f:" + path("s") + ":a}"),
            "${f:" + path("s") + ":b} 1");
  EXPECT_EQ(value(file_, "${f::a}"), "${f::a}");
}

TEST_F(Providers, AFileThatCannotBeReadIsConnectsError) {
  const std::string error = "<Could not read properties from file " + path("none") + ">";
  EXPECT_EQ(value(file_, "${f:" + path("none") + ":a}"), error);
  ASSERT_EQ(::mkfifo(path("none").c_str(), 0600), 0); // and a pipe does not hang us
  EXPECT_EQ(value(file_, "${f:" + path("none") + ":a}"), error);
}

TEST_F(Providers, DirectoriesGiveWholeFiles) {
  write("token", "geheim\n");
  std::filesystem::create_directory(folder_ / "sub");
  const StringMap worker{{"config.providers", "d"}, {"config.providers.d.class", "Directory"}};
  EXPECT_EQ(value(worker, "${d:" + folder_.string() + ":token}"), "geheim\n");
  for (const std::string &text :
       {"${d:" + folder_.string() + ":sub}", "${d:" + folder_.string() + ":../x}",
        "${d:" + path("token") + ":token}", std::string("${d:/none/at/all:x}")})
    EXPECT_EQ(value(worker, text), text);
}

TEST_F(Providers, AllowedPathsAreComparedPartByPart) {
  std::filesystem::create_directory(folder_ / "in");
  write("in/s", "a=1\n");
  write("inside", "a=2\n");
  StringMap worker = file_;
  worker.set("config.providers.f.param.allowed.paths", path("in"));
  EXPECT_EQ(value(worker, "${f:" + path("in/s") + ":a}"), "1");
  EXPECT_EQ(value(worker, "${f:" + path("in/../in//s") + ":a}"), "1");
  for (const std::string &outside : {path("inside"), path("in/../inside")})
    EXPECT_EQ(value(worker, "${f:" + outside + ":a}"), "${f:" + outside + ":a}");
  worker.set("config.providers.f.param.allowed.paths", "relative");
  EXPECT_EQ(value(worker, "x"), "<config.providers.f: Path relative is not absolute>");
  worker.set("config.providers.f.param.allowed.paths", path("gone"));
  EXPECT_EQ(value(worker, "x"), "<config.providers.f: Path " + path("gone") + " does not exist>");
}

TEST_F(Providers, TheEnvironmentBehindAnAllowList) {
  ::setenv("PROVIDERS_TEST_A", "1", 1);
  StringMap worker{{"config.providers", "env"}, {"config.providers.env.class", "EnvVar"}};
  EXPECT_EQ(value(worker, "${env:PROVIDERS_TEST_A}"), "1");
  EXPECT_EQ(value(worker, "${env:/p:PROVIDERS_TEST_A}"),
            "<Path is not supported for EnvVarConfigProvider, invalid value '/p'>");
  worker.set("config.providers.env.param.allowlist.pattern", "PROVIDERS_TEST");
  EXPECT_EQ(value(worker, "${env:PROVIDERS_TEST_A}"), "${env:PROVIDERS_TEST_A}");
  ::unsetenv("PROVIDERS_TEST_A");
}

TEST_F(Providers, BadProvidersAreNamed) {
  EXPECT_EQ(value({{"config.providers", "v"}}, "x"),
            "<config.providers.v.class: missing; config.providers names v, so "
            "config.providers.v.class must say which class it is>");
  EXPECT_EQ(
      value({{"config.providers", "v"}, {"config.providers.v.class", "Vault"}}, "x"),
      "<config.providers.v: Failed to find any class that implements ConfigProvider and which "
      "name matches Vault, available are: Directory, EnvVar, File>");
}

TEST_F(Providers, TheShortestTimeToLiveCounts) {
  write("s", "a=1\n");
  StringMap worker = file_;
  worker.set("config.providers.f.param.ttl.ms", "500");
  const auto resolver = ConfigResolver::from(worker);
  ASSERT_TRUE(resolver);
  EXPECT_EQ(resolver->resolve({{"k", "plain"}})->ttl, std::nullopt);
  EXPECT_EQ(resolver->resolve({{"k", "${f:" + path("s") + ":a}"}})->ttl,
            std::chrono::milliseconds(500));
}

TEST_F(Providers, SecretsAreAllThatCanBeOne) {
  const Resolved resolved{{},
                          {{"${a:1}", "geheim\n"},
                           {"${a:2}", "true"},
                           {"${a:3}", "42"},
                           {"${a:4}", "123456"},
                           {"${a:5}", ""}},
                          {}};
  EXPECT_THAT(resolved.secrets(), UnorderedElementsAre("geheim\n", "geheim", "123456"));
}

TEST_F(Providers, WhatAPluginMadeOfSecretsBecomesVariablesAgain) {
  const StringMap raw{{"password", "${f:s:pw}"}, {"n", "${f:s:n}"}, {"plain", "x"}};
  const Resolved resolved{{{"password", "long enough"}, {"n", "5"}, {"plain", "x"}},
                          {{"${f:s:pw}", "long enough"}, {"${f:s:n}", "5"}},
                          {}};
  const StringMap task{{"password", "changed by the plugin"},
                       {"n", "5"},
                       {"url", "jdbc:x?password=long enough&n=5"},
                       {"plain", "5 x"}};
  EXPECT_EQ(unresolved(task, raw, resolved), (StringMap{{"password", "${f:s:pw}"},
                                                        {"n", "${f:s:n}"},
                                                        {"url", "jdbc:x?password=${f:s:pw}&n=5"},
                                                        {"plain", "5 x"}}));
}

} // namespace
} // namespace host::config

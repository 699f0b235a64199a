#include "host/app/cli_access.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/tls_identity.h"

namespace host::app::cli {
namespace {

class Contexted : public testing::Test {
protected:
  Contexted() { std::filesystem::remove_all(folder_); }
  ~Contexted() override { std::filesystem::remove_all(folder_); }

  struct Outcome {
    int code;
    std::string out, err;
  };
  Outcome change(Verb verb, const std::string &name = {}, const std::string &url = {},
                 const std::string &user = {}, const std::string &cacert = {}) {
    Command command;
    command.verb = verb;
    if (!name.empty())
      command.names = {name};
    command.url = url;
    command.user = user;
    command.cacert = cacert;
    std::ostringstream out, err;
    Screen screen(out, err, Output::Table, false);
    const int code = change_contexts(command, screen, path_);
    return {code, out.str(), err.str()};
  }
  Result<Access> access(const Command &command) {
    return access_of(command, {[this](const char *name) { return variables_[name]; },
                               [this](const std::string &prompt) {
                                 asked_ = prompt;
                                 return Result<std::string>("typed");
                               },
                               path_});
  }

  const std::string folder_ = testing::TempDir() + "cli-contexts-" + std::to_string(::getpid());
  const std::string path_ = folder_ + "/sluice/contexts.json";
  std::map<std::string, std::string> variables_;
  std::string asked_;
};

TEST_F(Contexted, are_made_chosen_and_forgotten) {
  EXPECT_EQ(change(Verb::ContextList).code, kExitDone);
  EXPECT_EQ(change(Verb::ContextSet, "prod", "https://p:1", "ann").out, "prod: set, current\n");
  EXPECT_EQ(change(Verb::ContextSet, "dev", "localhost:2").out, "dev: set\n");
  EXPECT_EQ(change(Verb::ContextUse, "dev").out, "dev: current\n");
  EXPECT_EQ(change(Verb::ContextList).out, "CURRENT  NAME  URL                 USER  CACERT\n"
                                           "*        dev   http://localhost:2  -     -\n"
                                           "         prod  https://p:1         ann   -\n");
  struct stat file {};
  ASSERT_EQ(::stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600U);
  EXPECT_EQ(change(Verb::ContextSet, "prod", {}, "bob").out, "prod: set\n");
  EXPECT_EQ(read_contexts(path_)->find("prod")->url, "https://p:1");
  EXPECT_EQ(read_contexts(path_)->find("prod")->user, "bob");
  EXPECT_EQ(change(Verb::ContextDelete, "dev").out, "dev: deleted\n");
  EXPECT_EQ(read_contexts(path_)->current, "");
}

TEST_F(Contexted, say_what_is_missing) {
  EXPECT_EQ(change(Verb::ContextSet, "new").err, "sluice: context new is new and needs --url\n");
  EXPECT_EQ(change(Verb::ContextUse, "new").code, kExitUsage);
  EXPECT_NE(change(Verb::ContextSet, "a", "http://a", "ann:secret").err.find("keeps no password"),
            std::string::npos);
  EXPECT_EQ(change(Verb::ContextSet, "a", "ftp://a").code, kExitUsage);
  std::filesystem::create_directories(folder_ + "/sluice");
  std::ofstream(path_) << "{";
  EXPECT_NE(change(Verb::ContextList).err.find(path_ + ": line 1"), std::string::npos);
}

TEST_F(Contexted, choose_the_worker_in_order) {
  EXPECT_EQ(access({})->url.text(), "http://localhost:8083");
  change(Verb::ContextSet, "prod", "https://p:1", "ann");
  change(Verb::ContextSet, "dev", "http://d:2");
  EXPECT_EQ(access({})->url.text(), "https://p:1");
  variables_["SLUICE_URL"] = "http://e:3";
  EXPECT_EQ(access({})->url.text(), "http://e:3");
  EXPECT_EQ(access({})->authorization, ""); // ann is of another worker
  Command command;
  command.context = "dev";
  EXPECT_EQ(access(command)->url.text(), "http://d:2");
  command.url = "http://f:4";
  EXPECT_NE(access(command).error().message().find("--url and --context"), std::string::npos);
  command.context.clear();
  EXPECT_EQ(access(command)->url.text(), "http://f:4");
  command.url = "ftp://f";
  EXPECT_TRUE(access(command).error().message().starts_with("--url: "));
  command.url.clear();
  command.context = "nowhere";
  EXPECT_EQ(access(command).error().message(),
            "there is no context nowhere; see `sluice context list`");
}

TEST_F(Contexted, take_the_password_from_elsewhere) {
  change(Verb::ContextSet, "prod", "https://p:1", "ann");
  EXPECT_EQ(access({})->authorization, "Basic YW5uOnR5cGVk"); // ann:typed
  EXPECT_EQ(asked_, "Password of ann at https://p:1: ");
  variables_["SLUICE_PASSWORD"] = "b";
  EXPECT_EQ(access({})->authorization, "Basic YW5uOmI="); // ann:b
  variables_["SLUICE_USER"] = "bob";
  EXPECT_EQ(access({})->authorization, "Basic Ym9iOmI="); // bob:b
  Command command;
  command.user = "a:b:c";
  EXPECT_EQ(access(command)->authorization, "Basic YTpiOmM=");
}

TEST_F(Contexted, say_whom_to_trust) {
  const std::string authority = folder_ + "-authority.pem";
  ASSERT_TRUE(tests::Identity("IP:127.0.0.1").write(authority));
  change(Verb::ContextSet, "prod", "https://p:1");
  EXPECT_EQ(access({})->options.trust_setting, "--cacert or SSL_CERT_FILE");
  Command command;
  command.cacert = authority;
  auto given = access(command);
  ASSERT_TRUE(given && given->options.tls);
  EXPECT_EQ(given->options.tls->named_by, "--cacert");

  change(Verb::ContextSet, "prod", "https://p:1", {}, authority);
  given = access({});
  ASSERT_TRUE(given && given->options.tls);
  EXPECT_EQ(given->options.tls->named_by, "cacert of context prod");
  std::filesystem::remove(authority);
  EXPECT_EQ(access({}).error().message(),
            "cacert of context prod " + authority +
                ": not a PEM file of certificates that can be read (No such file or directory)");
  std::ofstream(authority) << "nothing of the kind\n";
  EXPECT_FALSE(access(command));
  std::filesystem::remove(authority);
}

} // namespace
} // namespace host::app::cli

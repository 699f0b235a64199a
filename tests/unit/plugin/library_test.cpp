#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/plugin/connector.h"
#include "host/plugin/connector_object.h"
#include "host/plugin/library.h"

namespace host::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

fs::path fixture(const std::string &name) {
  return fs::path(std::getenv("PLUGIN_FIXTURES")) / (name + ".so");
}

std::string refusal(const fs::path &path) {
  const auto library = Library::load(path);
  return library ? "(accepted)" : library.error().message();
}

// What the plugin of this library says of itself: which build, and how often init ran.
StringMap answer(const Library &library) {
  auto object = ConnectorObject::create(*library.find("fixture.NothingSinkConnector"), "c",
                                        {[] {}, [](Error) {}});
  EXPECT_TRUE(object);
  EXPECT_TRUE((*object)->start({}));
  const auto configs = (*object)->task_configs(1);
  EXPECT_TRUE(configs);
  return configs->at(0);
}

TEST(Library, LoadsAndMarksItsSteps) {
  const fs::path copy = fs::temp_directory_path() / ("steps." + std::to_string(::getpid()));
  fs::copy_file(fixture("good"), copy, fs::copy_options::overwrite_existing);
  std::vector<std::string> steps;
  const auto note = [&](LoadStep step, bool entered) {
    steps.push_back(std::to_string(static_cast<int>(step)) + (entered ? "+" : "-"));
  };
  const auto library = Library::load(copy, note);
  ASSERT_TRUE(library) << library.error().message();
  ASSERT_TRUE((*library)->init(note));
  ASSERT_TRUE((*library)->init(note));
  EXPECT_THAT(steps, ElementsAre("1+", "1-", "2+", "2-", "3+", "3-"));
  EXPECT_EQ((*library)->name(), "fixture");
  EXPECT_EQ((*library)->build(), "abc123");
  ASSERT_EQ((*library)->descriptors().size(), 1u);
  EXPECT_EQ((*library)->descriptors()[0].class_name, "fixture.NothingSinkConnector");
  EXPECT_EQ(answer(**library).get("inits"), "1");
  const auto missing = (*library)->find("fixture.Other");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Code::NotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr("it has: fixture.NothingSinkConnector"));
  fs::remove(copy);
}

TEST(Library, SameFileIsLoadedOnceAlsoUnderAnotherName) {
  const fs::path link = fs::temp_directory_path() / ("link." + std::to_string(::getpid()));
  fs::remove(link);
  fs::create_symlink(fixture("good"), link);
  const auto first = Library::load(fixture("good"));
  const auto second = Library::load(link);
  fs::remove(link);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
}

TEST(Library, NewFileUnderTheOldNameIsNewCode) {
  const fs::path path = fs::temp_directory_path() / ("swap." + std::to_string(::getpid()) + ".so");
  const fs::path next = path.string() + ".next";
  fs::copy_file(fixture("good"), path, fs::copy_options::overwrite_existing);
  const auto old = Library::load(path);
  ASSERT_TRUE(old) << old.error().message();
  fs::copy_file(fixture("newer"), next, fs::copy_options::overwrite_existing);
  fs::rename(next, path);
  const auto fresh = Library::load(path);
  ASSERT_TRUE(fresh) << fresh.error().message();
  EXPECT_EQ(answer(**old).get("answer"), "1");
  EXPECT_EQ(answer(**fresh).get("answer"), "2");
  fs::remove(path);
}

TEST(Library, FileChangedInPlaceIsRefused) {
  const fs::path path = fs::temp_directory_path() / ("edit." + std::to_string(::getpid()) + ".so");
  fs::copy_file(fixture("good"), path, fs::copy_options::overwrite_existing);
  ASSERT_TRUE(Library::load(path));
  std::ofstream(path, std::ios::binary | std::ios::app) << "tail";
  EXPECT_THAT(refusal(path), HasSubstr("was changed in place after this process loaded it"));
  fs::remove(path);
}

TEST(Library, RefusalsSayWhatIsWrong) {
  EXPECT_THAT(refusal(fixture("no_entry")),
              HasSubstr("it has no function sluice_plugin_entry_v0; it exports: "
                        "sluice_plugin_entry_v9"));
  EXPECT_THAT(refusal(fixture("refuses")),
              HasSubstr("sluice_plugin_entry_v0 failed with status 6"));
  EXPECT_THAT(refusal(fixture("null_table")),
              HasSubstr("the table that its entry gave is missing (a null pointer)"));
  EXPECT_THAT(refusal(fixture("other_minor")), HasSubstr("is built for ABI 0.99, this host has"));
  EXPECT_THAT(refusal(fixture("no_connectors")), HasSubstr("offers no connectors"));
  EXPECT_THAT(refusal(fixture("twice")),
              HasSubstr("offers class fixture.NothingSinkConnector twice"));
  EXPECT_THAT(refusal(fixture("undefined_symbol")), HasSubstr("nobody_defines_this"));
  EXPECT_THAT(refusal("/nowhere/x.so"), HasSubstr("cannot find plugin /nowhere/x.so"));
}

TEST(Library, InitFailureStays) {
  const auto library = Library::load(fixture("init_fails"));
  ASSERT_TRUE(library) << library.error().message();
  for (int i = 0; i < 2; ++i) {
    const Status status = (*library)->init();
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message(), HasSubstr("init: no licence found"));
  }
  EXPECT_EQ(answer(**library).get("inits"), "1");
}

} // namespace
} // namespace host::plugin

#include "host/storage/file_offset_store.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include <gtest/gtest.h>

#include "host/base/fd.h"
#include "host/base/log.h"
#include "host/storage/offset_file.h"
#include "tests/unit/storage/answer.h"
#include "tests/unit/storage/temp_folder.h"

namespace host::storage {
namespace {

using test::key_of;
using test::value_of;

TEST(FileOffsetStore, KeepsWhatWasWritten) {
  const test::TempFolder folder;
  const std::string path = folder / "offsets";
  {
    FileOffsetStore store(path);
    EXPECT_EQ(store.waiting_for(), "the offsets file '" + path + "'");
    ASSERT_TRUE(test::start(store));
    EXPECT_EQ(store.waiting_for(), "");
    ASSERT_TRUE(test::write(store, {{key_of("a", 1), value_of(1)}, {key_of("b", 1), value_of(2)}}));
    ASSERT_TRUE(test::write(store, {{key_of("a", 1), value_of(3)}, {key_of("b", 1), {}}}));
    EXPECT_EQ(test::read(store, {key_of("a", 1), key_of("b", 1), "?"}).value(),
              (test::Values{value_of(3), std::nullopt, std::nullopt}));
    store.stop();
  }
  FileOffsetStore store(path);
  ASSERT_TRUE(test::start(store));
  EXPECT_EQ(test::list(store, "a").value(),
            (std::vector<OffsetRecord>{{key_of("a", 1), value_of(3)}}));
  EXPECT_TRUE(test::list(store, "b").value().empty());
}

TEST(FileOffsetStore, AFileThatCannotBeUsedFailsStartAndEveryRequest) {
  const test::TempFolder folder;
  const std::string path = folder / "offsets";
  test::put_file(path, std::string("\xAC\xED\x00\x05", 4));
  FileOffsetStore store(path);
  const Status started = test::start(store);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), Code::Config);
  EXPECT_FALSE(test::write(store, {{key_of("a", 1), value_of(1)}}));
  EXPECT_FALSE(test::read(store, {"k"}));
  store.stop();
  EXPECT_EQ(test::get_file(path).size(), 4u) << "left as it was";
}

TEST(FileOffsetStore, ReplacesTheFileBehindALink) {
  const test::TempFolder folder;
  std::filesystem::create_symlink(folder / "real", folder / "link");
  FileOffsetStore store(folder / "link");
  ASSERT_TRUE(test::start(store));
  ASSERT_TRUE(test::write(store, {{key_of("a", 1), value_of(1)}}));
  store.stop();
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(parse_offsets(test::get_file(folder / "real"), "real").value().size(), 1u);
}

TEST(FileOffsetStore, WhatIsNotOnTheDiskIsNotRead) {
  const test::TempFolder folder;
  std::filesystem::create_directory(folder / "d");
  FileOffsetStore store(folder / "d/offsets");
  ASSERT_TRUE(test::start(store));
  ASSERT_TRUE(test::write(store, {{key_of("a", 1), value_of(1)}}));
  std::filesystem::remove_all(folder / "d");
  const Status lost = test::write(store, {{key_of("a", 1), value_of(2)},
                                          {key_of("a", 1), value_of(3)},
                                          {key_of("a", 2), value_of(2)}});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), Code::Io);
  EXPECT_EQ(test::read(store, {key_of("a", 1), key_of("a", 2)}).value(),
            (test::Values{value_of(1), std::nullopt}));
  std::filesystem::create_directory(folder / "d");
  EXPECT_TRUE(test::write(store, {{key_of("a", 1), value_of(4)}})) << "and it recovers";
}

TEST(FileOffsetStore, ABadOffsetFailsItsWriteOnly) {
  const test::TempFolder folder;
  FileOffsetStore store(folder / "offsets");
  ASSERT_TRUE(test::start(store));
  EXPECT_FALSE(test::write(store, {{key_of("a", 1), value_of(1)}, {"rubbish", value_of(1)}}));
  EXPECT_TRUE(test::write(store, {{key_of("a", 2), value_of(1)}}));
  EXPECT_EQ(test::list(store, "a").value().size(), 1u);
}

TEST(FileOffsetStore, WritesThatWaitAreStoredTogetherAndInOrder) {
  const test::TempFolder folder;
  FileOffsetStore store(folder / "offsets");
  std::vector<test::Answer<void>> answers(500);
  // Before the start: they wait, and one replacement must be enough for many.
  for (std::size_t i = 0; i < answers.size(); ++i)
    store.write({{key_of("a", static_cast<int>(i % 5)), value_of(static_cast<long>(i))}},
                [&, i](Status status) { answers[i].tell(std::move(status)); });
  ASSERT_TRUE(test::start(store));
  for (auto &answer : answers)
    ASSERT_TRUE(answer.wait());
  EXPECT_EQ(test::read(store, {key_of("a", 4)}).value(), test::Values{value_of(499)});
}

TEST(FileOffsetStore, StopFinishesWhatWasAskedAndRefusesTheRest) {
  const test::TempFolder folder;
  FileOffsetStore store(folder / "offsets");
  ASSERT_TRUE(test::start(store));
  test::Answer<void> asked;
  store.write({{key_of("a", 1), value_of(1)}},
              [&](Status status) { asked.tell(std::move(status)); });
  store.stop();
  EXPECT_TRUE(asked.told() && asked.wait());
  EXPECT_EQ(test::write(store, {{key_of("a", 2), value_of(1)}}).error().code(), Code::Cancelled);
  EXPECT_FALSE(test::read(store, {"k"}));
  EXPECT_FALSE(test::list(store, "a"));
}

// A process that writes rising positions and tells each that is durable through a pipe, until it is
// killed.
[[noreturn]] void write_for_ever(const std::string &path, int told) {
  log::set_sink(nullptr);
  FileOffsetStore store(path);
  long position = 0;
  if (!test::start(store))
    ::_exit(1);
  if (const auto old = test::read(store, {key_of("a", 0)}); old && (*old)[0])
    position = std::stol((*old)[0]->substr(12));
  for (;;) {
    ++position;
    std::vector<OffsetRecord> records;
    for (int partition = 0; partition < 200; ++partition)
      records.push_back({key_of("a", partition), value_of(position)});
    if (!test::write(store, std::move(records)) ||
        ::write(told, &position, sizeof position) != sizeof position)
      ::_exit(2);
  }
}

TEST(FileOffsetStore, AKilledProcessLosesNothingItWasToldIsDurable) {
  const test::TempFolder folder;
  const std::string path = folder / "offsets";
  std::mt19937 random(20240607);
  long durable = 0;
  for (int round = 0; round < 25; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const UniqueFd in(ends[0]);
    const pid_t child = ::fork();
    if (child == 0)
      write_for_ever(path, ends[1]);
    ::close(ends[1]);
    // Killed at some write after a random number of acknowledged ones.
    long position = 0;
    for (unsigned acks = 1 + random() % 20; acks > 0; --acks) {
      ASSERT_EQ(::read(in.get(), &position, sizeof position), sizeof position);
      durable = position;
    }
    ::kill(child, SIGKILL);
    while (::read(in.get(), &position, sizeof position) == sizeof position)
      durable = position;
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));

    const auto records = parse_offsets(test::get_file(path), path);
    ASSERT_TRUE(records) << records.error().message();
    ASSERT_EQ(records->size(), 200u);
    const long stored = std::stol((*records)[0].value->substr(12));
    EXPECT_GE(stored, durable);
    EXPECT_LE(stored, durable + 1);
    for (const OffsetRecord &record : *records)
      EXPECT_EQ(record.value, value_of(stored)) << "a write is stored whole or not at all";
  }
}

} // namespace
} // namespace host::storage

#include "host/runner/link_task_host.h"

#include <future>

#include <gmock/gmock.h>

#include "tests/unit/link/test_loop.h"

namespace host::runner {
namespace {

using link::Journal;
using link::TestLoop;

const TaskId kTask{"c", 2};

// The host's side answers commits and reads when the test says so.
class LinkTaskHostTest : public testing::Test {
protected:
  LinkTaskHostTest() {
    auto ends = link::memory_channels();
    far_.emplace(loop_.loop, std::move(ends.first));
    near_.emplace(loop_.loop, std::move(ends.second));
    redactor_.add({"hunter22"});
    outlet_.emplace(*near_, redactor_);
    host_.emplace(loop_.loop, *outlet_, kTask, Incarnation{9}, [&] { seen_.add("ended"); });
    loop_.call([&] {
      far_->on<link::Status>([&](const link::Status &status) {
        seen_.add(status.task.text() + " " + std::to_string(status.incarnation.value) + " " +
                  std::string(name_of(status.state)) + " " + status.trace);
      });
      far_->on<link::TopicActive>([&](const link::TopicActive &active) {
        seen_.add(active.task.text() + " " + active.topic);
      });
      far_->on<link::CommitOffsets>(
          [&](const link::CommitOffsets &commit, link::Responder<link::Done> responder) {
            commits_.push_back(std::move(responder));
            seen_.add(std::to_string(commit.incarnation.value) + " " + commit.entries.at(0).key);
          });
      far_->on<link::ReadOffsets>(
          [&](const link::ReadOffsets &read, link::Responder<link::OffsetsRead> responder) {
            reads_.push_back(std::move(responder));
            seen_.add(read.connector + " " + read.keys.at(0));
          });
      far_->open([](const Error &) {});
      near_->open([](const Error &) {});
    });
  }
  ~LinkTaskHostTest() override {
    loop_.call([&] {
      far_.reset();
      near_.reset();
    });
  }

  TestLoop loop_;
  Journal seen_, done_;
  Redactor redactor_;
  std::optional<link::Peer> far_, near_;
  std::optional<Outlet> outlet_;
  std::optional<LinkTaskHost> host_;
  std::vector<link::Responder<link::Done>> commits_;
  std::vector<link::Responder<link::OffsetsRead>> reads_;
};

TEST_F(LinkTaskHostTest, TellsWithoutSecrets) {
  host_->status(State::Failed, "E: password hunter22 is wrong\n");
  host_->topic_active("t");
  host_->ended();
  EXPECT_THAT(seen_.wait_for(3),
              testing::UnorderedElementsAre("c-2 9 FAILED E: password [hidden] is wrong\n", "c-2 t",
                                            "ended"));
}

TEST_F(LinkTaskHostTest, LongTracesAreCut) {
  host_->status(State::Failed, std::string(1 << 20, 'x'));
  EXPECT_LT(seen_.wait_for(1)[0].size(), 70'000u);
}

TEST_F(LinkTaskHostTest, CommitsAreAnsweredOnTheLinksThread) {
  const auto note = [&](const Status &result) {
    EXPECT_TRUE(loop_.loop.may_touch());
    done_.add(result ? "stored" : result.error().message());
  };
  host_->commit_offsets({{"k", "v"}}, note);
  host_->commit_offsets({{"l", std::nullopt}}, note);
  EXPECT_EQ(seen_.wait_for(2), (std::vector<std::string>{"9 k", "9 l"}));
  commits_[0].reply({});
  commits_[1].fail(Error(Code::Conflict, "an older start of the task"));
  EXPECT_EQ(done_.wait_for(2), (std::vector<std::string>{"stored", "an older start of the task"}));
}

TEST_F(LinkTaskHostTest, ADetachedTaskHearsNothing) {
  host_->commit_offsets({{"k", "v"}}, [&](const Status &) { done_.add("called"); });
  seen_.wait_for(1);
  loop_.call([&] { host_->detach(); });
  loop_.call([&] {
    host_.reset();
    commits_[0].reply({});
  });
  loop_.call([] {});
  EXPECT_TRUE(done_.now().empty());
}

TEST_F(LinkTaskHostTest, ReadsWaitForTheAnswer) {
  auto read = std::async(std::launch::async, [&] { return host_->read_offsets({"k"}); });
  EXPECT_EQ(seen_.wait_for(1)[0], "c k");
  reads_[0].reply({{std::string("v")}});
  const auto values = read.get();
  ASSERT_TRUE(values);
  EXPECT_EQ(values->at(0), "v");
}

TEST_F(LinkTaskHostTest, AnAnswerOfAnotherLengthIsRefused) {
  auto read = std::async(std::launch::async, [&] { return host_->read_offsets({"k"}); });
  seen_.wait_for(1);
  reads_[0].reply({});
  EXPECT_FALSE(read.get());
}

TEST_F(LinkTaskHostTest, CancelEndsReadsNowAndLater) {
  auto read = std::async(std::launch::async, [&] { return host_->read_offsets({"k"}); });
  seen_.wait_for(1);
  host_->cancel();
  EXPECT_EQ(read.get().error().code(), Code::Cancelled);
  EXPECT_EQ(host_->read_offsets({"k"}).error().code(), Code::Cancelled);
}

TEST_F(LinkTaskHostTest, TheLossOfTheLinkEndsReadsAndCommits) {
  auto read = std::async(std::launch::async, [&] { return host_->read_offsets({"k"}); });
  host_->commit_offsets({{"k", "v"}}, [&](const Status &result) {
    done_.add(std::to_string(static_cast<int>(result.error().code())));
  });
  seen_.wait_for(2);
  loop_.call([&] { far_.reset(); });
  EXPECT_EQ(read.get().error().code(), Code::Unavailable);
  EXPECT_EQ(done_.wait_for(1)[0], std::to_string(static_cast<int>(Code::Unavailable)));
}

} // namespace
} // namespace host::runner

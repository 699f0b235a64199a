#include "host/link/peer.h"

#include <thread>
#include <vector>

#include "tests/unit/link/test_loop.h"

namespace host::link {
namespace {

using std::chrono::milliseconds;

constexpr Duration kLong = std::chrono::seconds(10);

// A host side with a Peer and a runner side that is either a Peer or a bare channel that says what
// the test likes.
class PeerTest : public testing::Test {
protected:
  PeerTest() {
    auto ends = memory_channels();
    host_ = std::make_unique<Peer>(a_.loop, std::move(ends.first));
    other_end_ = std::move(ends.second);
  }
  ~PeerTest() override {
    a_.call([&] { host_.reset(); });
    b_.call([&] {
      runner_.reset();
      other_end_.reset();
    });
  }

  void open_host() {
    a_.call(
        [&] { host_->open([&](Error error) { host_saw_.add("closed: " + error.message()); }); });
  }
  Peer &open_runner() {
    b_.call([&] {
      runner_ = std::make_unique<Peer>(b_.loop, std::move(other_end_));
      runner_->on<Stop>([&](Stop stop, Responder<Done> responder) {
        kept_.push_back(std::move(responder));
        runner_saw_.add("stop " + stop.task.text());
      });
      runner_->on<TaskConfigs>([&](TaskConfigs, Responder<TaskConfigList> responder) {
        responder.reply({{StringMap{{"a", "b"}}}});
      });
      runner_->on<SetLogLevel>([&](SetLogLevel level) { runner_saw_.add("level " + level.level); });
      runner_->open([&](Error error) { runner_saw_.add("closed: " + error.message()); });
    });
    return *runner_;
  }
  // The other side is the test itself: frames go to `runner_saw_`, raw().send() answers.
  void open_raw() {
    b_.call([&] {
      other_end_->open(b_.loop, {[&](std::string frame) { runner_saw_.add(frame); },
                                 [&](Error) { runner_saw_.add("closed"); }});
    });
  }
  void say(std::string frame) {
    b_.call([&] { other_end_->send(std::move(frame)); });
  }
  void ask_to_stop(Duration timeout = kLong) {
    host_->request(Stop{{"c", 0}, 1}, timeout, [&](Result<Done> reply) {
      host_saw_.add(reply ? "done"
                          : std::to_string(static_cast<int>(reply.error().code())) + " " +
                                reply.error().message());
    });
  }

  TestLoop a_, b_;
  Journal host_saw_, runner_saw_;
  std::vector<Responder<Done>> kept_; // complete for the test once runner_saw_ has the request
  std::unique_ptr<Peer> host_, runner_;
  std::unique_ptr<Channel> other_end_;
};

TEST_F(PeerTest, RequestsAreAnsweredAndTellsAreTold) {
  open_host();
  open_runner();
  host_->tell(SetLogLevel{"", "WARN"});
  host_->request(TaskConfigs{"c", 1}, kLong, [&](Result<TaskConfigList> reply) {
    host_saw_.add(reply->configs.at(0).get("a"));
  });
  EXPECT_EQ(host_saw_.wait_for(1)[0], "b");
  EXPECT_EQ(runner_saw_.wait_for(1)[0], "level WARN");
}

TEST_F(PeerTest, AnAnswerMayComeLaterFromAnotherThread) {
  open_host();
  open_runner();
  ask_to_stop();
  runner_saw_.wait_for(1);
  std::thread([&] {
    kept_.back().fail(Error(Code::Config, "E", "wrong"));
    kept_.back().reply({}); // the first answer counts
  }).join();
  EXPECT_EQ(host_saw_.wait_for(1)[0], "3 wrong");
  ask_to_stop();
  runner_saw_.wait_for(2);
  kept_.back().settle({});
  EXPECT_EQ(host_saw_.wait_for(2)[1], "done");
}

TEST_F(PeerTest, ARequestThatNobodyAnswersFailsWhenItIsForgotten) {
  open_host();
  open_runner();
  ask_to_stop();
  runner_saw_.wait_for(1);
  b_.call([&] { kept_.clear(); });
  EXPECT_EQ(host_saw_.wait_for(1)[0], "5 the request was given up before its answer");
}

TEST_F(PeerTest, ADeadlinePassesAndTheLateAnswerIsIgnored) {
  open_host();
  open_runner();
  ask_to_stop(milliseconds(1));
  EXPECT_EQ(host_saw_.wait_for(1)[0], "12 no answer in time");
  runner_saw_.wait_for(1);
  kept_.back().reply({});
  ask_to_stop();
  runner_saw_.wait_for(2);
  kept_.back().reply({});
  EXPECT_EQ(host_saw_.wait_for(2)[1], "done");
}

TEST_F(PeerTest, TheLossOfTheOtherSideFailsRequestsAndThenIsTold) {
  open_host();
  open_runner();
  ask_to_stop();
  ask_to_stop();
  runner_saw_.wait_for(2);
  b_.call([&] { runner_.reset(); });
  const auto seen = host_saw_.wait_for(3);
  EXPECT_EQ(seen[0], "14 the other end of the link is closed");
  EXPECT_EQ(seen[1], "14 the other end of the link is closed");
  EXPECT_EQ(seen[2], "closed: the other end of the link is closed");
  ask_to_stop();
  EXPECT_EQ(host_saw_.wait_for(4)[3], "14 the link is closed");
  kept_.back().reply({}); // of a peer that is gone: nothing happens
}

TEST_F(PeerTest, CloseFailsRequestsAndNothingFollows) {
  open_host();
  open_runner();
  ask_to_stop();
  runner_saw_.wait_for(1);
  a_.call([&] {
    host_->close();
    EXPECT_EQ(host_saw_.now(),
              std::vector<std::string>{"5 the request was given up before its answer"});
  });
  EXPECT_EQ(runner_saw_.wait_for(2)[1], "closed: the other end of the link is closed");
  a_.call([] {});
  EXPECT_EQ(host_saw_.now().size(), 1u);
}

TEST_F(PeerTest, DestructionCallsNobody) {
  open_host();
  open_runner();
  ask_to_stop();
  runner_saw_.wait_for(1);
  a_.call([&] { host_.reset(); });
  runner_saw_.wait_for(2);
  a_.call([] {});
  EXPECT_TRUE(host_saw_.now().empty());
}

TEST_F(PeerTest, AHandlerMayDestroyThePeer) {
  open_host();
  b_.call([&] {
    runner_ = std::make_unique<Peer>(b_.loop, std::move(other_end_));
    runner_->on<Stop>([this, witness = std::string(100, 'x')](Stop, Responder<Done> responder) {
      responder.reply({});
      runner_.reset();
      runner_saw_.add(witness);
    });
    runner_->open([](Error) {});
  });
  ask_to_stop();
  EXPECT_EQ(runner_saw_.wait_for(1)[0], std::string(100, 'x'));
  EXPECT_EQ(host_saw_.wait_for(2),
            (std::vector<std::string>{"done", "closed: the other end of the link is closed"}));
}

TEST_F(PeerTest, ACallbackMayDestroyThePeerThatFails) {
  open_host();
  open_raw();
  for (int i = 0; i < 2; ++i)
    host_->request(Stop{}, kLong, [&](Result<Done>) {
      host_saw_.add("failed");
      host_.reset();
    });
  runner_saw_.wait_for(2);
  b_.call([&] { other_end_->close(); });
  host_saw_.wait_for(1);
  a_.call([] {});
  EXPECT_EQ(host_saw_.now().size(), 1u);
}

TEST_F(PeerTest, FinishSendsTheLastAnswer) {
  open_host();
  open_runner();
  ask_to_stop();
  runner_saw_.wait_for(1);
  b_.call([&] {
    kept_.back().reply({});
    runner_->finish();
  });
  EXPECT_EQ(host_saw_.wait_for(2)[0], "done");
  EXPECT_EQ(runner_saw_.wait_for(2)[1], "closed: the link was closed by this end");
}

TEST_F(PeerTest, AFrameThatCannotBeSentIsAFaultOfThisSide) {
  open_host();
  open_runner();
  host_->tell(SetLogLevel{"", std::string(kMaxFrameBytes, 'x')});
  EXPECT_EQ(host_saw_.wait_for(1)[0].substr(0, 28), "closed: link: set_log_level ");
}

struct Fault {
  const char *frame;
  const char *reason;
};

class PeerFault : public PeerTest, public testing::WithParamInterface<Fault> {};

TEST_P(PeerFault, ClosesTheLinkAndSaysWhy) {
  open_host();
  open_raw();
  ask_to_stop(); // has the id 1
  runner_saw_.wait_for(1);
  say(GetParam().frame);
  const auto seen = host_saw_.wait_for(2);
  EXPECT_EQ(seen[0].substr(0, 9), "14 link: ");
  EXPECT_NE(seen[1].find(GetParam().reason), std::string::npos) << seen[1];
  EXPECT_EQ(runner_saw_.wait_for(2)[1], "closed");
}

INSTANTIATE_TEST_SUITE_P(
    Peer, PeerFault,
    testing::Values(
        Fault{"nonsense", "Unrecognized token"},
        Fault{R"({"id":1,"type":"dance","body":{}})", "unknown type 'dance'"},
        Fault{R"({"id":9,"type":"done","body":{}})",
              "done with the id 9, which no request waits for"},
        Fault{R"({"id":1,"type":"offsets_read","body":{"values":[]}})",
              "offsets_read is not the answer to request 1"},
        Fault{R"({"id":4,"type":"inspect","body":{"plugin_path":"p"}})",
              "inspect is not for this side"},
        Fault{R"({"id":0,"type":"topic_active","body":{"task":{"connector":"c","number":1},)"
              R"("topic":"t"}})",
              "topic_active is not for this side"}));

TEST_F(PeerTest, AnAnswerCountsOnce) {
  open_host();
  open_raw();
  ask_to_stop();
  runner_saw_.wait_for(1);
  say(R"({"id":1,"type":"done","body":{}})");
  say(R"({"id":1,"type":"done","body":{}})");
  const auto seen = host_saw_.wait_for(2);
  EXPECT_EQ(seen[0], "done");
  EXPECT_NE(seen[1].find("no request waits for"), std::string::npos);
}

} // namespace
} // namespace host::link

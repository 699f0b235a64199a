#include "tests/unit/cluster/membership_fixture.h"

// A coordinator that answers one kind of request with what no broker sends. The worker says so,
// goes on living, and is a member as soon as the broker comes to its senses.
namespace host::cluster::test {
namespace {

using namespace std::string_literals;

struct Fault {
  std::string name;
  std::string (*frame)(const Request &request, const std::string &usual);
};

std::string number(std::int32_t value) {
  wire::Encoder text;
  text.int32(value);
  return text.bytes();
}

// The usual answer's body in a frame of the wrong length is cut or followed by garbage.
const Fault kFaults[] = {
    {"Text", [](const Request &, const std::string &) { return "HTTP/1.1 400 Bad\r\n\r\n"s; }},
    {"TlsAlert",
     [](const Request &, const std::string &) { return "\x15\x03\x03\x00\x02\x02\x0a\x00"s; }},
    {"HugeFrame",
     [](const Request &request, const std::string &) {
       return number(0x7fffffff) + number(request.correlation);
     }},
    {"NegativeFrame", [](const Request &request,
                         const std::string &) { return number(-5) + number(request.correlation); }},
    {"FrameWithoutCorrelation",
     [](const Request &, const std::string &) { return number(2) + "\x00\x00"s + number(0); }},
    {"WrongCorrelation",
     [](const Request &request, const std::string &usual) {
       return usual.substr(0, 4) + number(request.correlation + 1) + usual.substr(8);
     }},
    {"EmptyBody", [](const Request &request,
                     const std::string &) { return number(4) + number(request.correlation); }},
    {"CutBody",
     [](const Request &, const std::string &usual) {
       const std::string body = usual.substr(4, usual.size() - 5);
       return number(static_cast<std::int32_t>(body.size())) + body;
     }},
    {"LongBody",
     [](const Request &, const std::string &usual) {
       const std::string body = usual.substr(4) + "more";
       return number(static_cast<std::int32_t>(body.size())) + body;
     }},
    {"BodyOfOnes",
     [](const Request &request, const std::string &) {
       return number(68) + number(request.correlation) + std::string(64, '\xff');
     }},
    {"UnknownError",
     [](const Request &request, const std::string &) {
       return FakeCoordinator::error_only(request, static_cast<wire::GroupError>(31'000));
     }},
};

struct Case {
  std::int16_t key;
  std::string name;
  Fault fault;
};

std::vector<Case> all_cases() {
  const std::pair<std::int16_t, std::string> keys[] = {{wire::ApiVersions::kKey, "ApiVersions"},
                                                       {wire::FindCoordinator::kKey, "Find"},
                                                       {wire::JoinGroup::kKey, "Join"},
                                                       {wire::SyncGroup::kKey, "Sync"},
                                                       {wire::Heartbeat::kKey, "Heartbeat"}};
  std::vector<Case> cases;
  for (const auto &[key, name] : keys)
    for (const Fault &fault : kFaults)
      cases.push_back({key, name + fault.name, fault});
  return cases;
}

class BadFramesTest : public MembershipTest, public testing::WithParamInterface<Case> {};

TEST_P(BadFramesTest, AreToldAndSurvived) {
  const Case &given = GetParam();
  coordinator.on(given.key, [this, fault = given.fault](const Request &request) {
    return fault.frame(request, coordinator.usual(request));
  });
  settings.session_timeout = Duration(3'000); // bounds the wait for a first heartbeat
  start();
  ASSERT_TRUE(coordinator.wait_for([&] { return !membership->trouble().empty(); }));
  coordinator.as_usual(given.key);
  ASSERT_TRUE(coordinator.wait_for([&] { return listener.assignments() > 0; }))
      << membership->trouble();
}

INSTANTIATE_TEST_SUITE_P(Frames, BadFramesTest, testing::ValuesIn(all_cases()),
                         [](const auto &info) { return info.param.name; });

TEST_F(MembershipTest, SlowAnswersAreAnswers) {
  coordinator.dribble(1);
  start_and_join();
}

// So slow that it comes to the same as silence.
TEST_F(MembershipTest, AnswersByDribbleEndAtTheirDeadlines) {
  settings.session_timeout = Duration(900);
  start_and_join();
  coordinator.dribble(60);
  listener.wait("revoked lapsing");
  coordinator.dribble(0);
  EXPECT_TRUE(coordinator.wait_for([&] { return listener.assignments() == 2; }));
}

} // namespace
} // namespace host::cluster::test

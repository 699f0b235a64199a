#include "host/link/messages.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace host::link {
namespace {

// Texts that a careless encoding would change.
const std::string kOdd("q\"\\/\n\0\x7f", 7);
const std::string kWide = "ü 語 \xF0\x9F\x98\x80";
const std::string kMalformed = "a\xff\xfe z\xC3";
const std::string kLoneSurrogate = "\xED\xA0\xBD";
const StringMap kMap{{"topic", "a"}, {"", kOdd}, {kMalformed, kWide}, {"b", kLoneSurrogate}};
const TaskId kTask{kWide, 3};
const Incarnation kIncarnation{9'007'199'254'740'993};

std::vector<Message> one_of_each() {
  return {
      Hello{kProtocol, kOdd, 1234},
      Status{kTask, kIncarnation, State::Failed, kWide},
      CommitOffsets{kTask, kIncarnation, {{"[\"c\",{}]", "{}"}, {kMalformed, std::nullopt}}},
      ReadOffsets{"c", {kOdd, kMalformed, ""}},
      TopicActive{kTask, "t"},
      ConnectorFailed{"c", kIncarnation, "trace"},
      RequestReconfigure{"c", kIncarnation},
      Inspect{"/a/" + kMalformed},
      Validate{"/p.so", "C", kMap},
      AlterOffsets{"/p.so",
                   "C",
                   kMap,
                   {"s"},
                   {{"{\"f\":1}", "{\"p\":2}"}, {std::nullopt, kOdd}, {"{}", std::nullopt}}},
      StartConnector{"c", kIncarnation, "/p.so", "C", kMap, {kOdd, "s"}, TargetState::Paused},
      TaskConfigs{"c", 7},
      StartTask{kTask, kIncarnation, 12, "/p.so", "C", kMap, {}, {"s"}, TargetState::Stopped},
      Pause{kTask},
      Resume{{"c", kConnectorItself}},
      Stop{kTask, 5000},
      RemoveConnector{"c", 100},
      Lease{1'234'567'890'123},
      SetLogLevel{"sluice.", "DEBUG"},
      Shutdown{1},
      Done{},
      Failed{2, "E", "m", "E: m\n"},
      Welcome{kProtocol, kMap, {"s"}, {{"", "INFO"}}, 5},
      OffsetsRead{{std::nullopt, "", kMalformed}},
      Inspected{"[{\"a\":1}]"},
      Validated{{{"k", std::nullopt, {"r"}, {"e", kOdd}, false}, {"l", kWide, {}, {}, true}}},
      OffsetsAltered{true},
      TaskConfigList{{kMap, {}}},
  };
}

bool is_told(const Message &message) { return !is_request(message) && !is_reply(message); }

TEST(Messages, EveryTypeComesBackAsItWent) {
  std::set<std::size_t> seen;
  for (const Message &message : one_of_each()) {
    seen.insert(message.index());
    const std::string text = encode({is_told(message) ? 0u : 77u, message});
    const auto frame = decode(text);
    ASSERT_TRUE(frame) << text << "\n" << frame.error().message();
    EXPECT_EQ(frame->id, is_told(message) ? 0u : 77u);
    EXPECT_EQ(frame->message.index(), message.index()) << text;
    // The text is a complete picture: byte-exact strings, absent against empty, order of maps.
    EXPECT_EQ(encode(*frame), text);
  }
  EXPECT_EQ(seen.size(), std::variant_size_v<Message>);
}

TEST(Messages, StringsKeepEveryByte) {
  const auto frame = decode(encode({1, Validate{kMalformed, kLoneSurrogate, kMap}}));
  ASSERT_TRUE(frame);
  const auto &validate = std::get<Validate>(frame->message);
  EXPECT_EQ(validate.plugin_path, kMalformed);
  EXPECT_EQ(validate.class_name, kLoneSurrogate);
  EXPECT_EQ(validate.config, kMap);
}

TEST(Messages, WireForm) {
  EXPECT_EQ(
      encode({5, Stop{{"c", 1}, 30}}),
      R"({"id":5,"type":"stop","body":{"task":{"connector":"c","number":1},"timeout_ms":30}})");
  EXPECT_EQ(encode({0, Status{{"c", -1}, Incarnation{2}, State::Running, ""}}),
            R"({"id":0,"type":"status","body":{"task":{"connector":"c","number":-1},)"
            R"("incarnation":2,"state":"RUNNING","trace":""}})");
}

struct Bad {
  const char *text;
  const char *message;
};

class BadFrame : public testing::TestWithParam<Bad> {};

TEST_P(BadFrame, IsRefusedNamingTheMember) {
  const auto frame = decode(GetParam().text);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code(), Code::Data);
  EXPECT_NE(frame.error().message().find(GetParam().message), std::string::npos)
      << frame.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    Messages, BadFrame,
    testing::Values(
        Bad{"", "No content"}, Bad{"[]", "id"}, Bad{"{\"id\":1}", "type"},
        Bad{R"({"id":1,"type":"done"})", "body"},
        Bad{R"({"id":"1","type":"done","body":{}})", "id"},
        Bad{R"({"id":-1,"type":"done","body":{}})", "id: -1 is out of range"},
        Bad{R"({"id":1,"type":"Done","body":{}})", "unknown type 'Done'"},
        Bad{R"({"id":1,"type":"done","body":[]})", "done: an object was expected, not array"},
        Bad{R"({"id":0,"type":"done","body":{}})", "done needs an id"},
        Bad{R"({"id":0,"type":"shutdown","body":{"timeout_ms":1}})", "shutdown needs an id"},
        Bad{R"({"id":3,"type":"set_log_level","body":{"prefix":"","level":"x"}})",
            "set_log_level must not have an id"},
        Bad{R"({"id":1,"type":"stop","body":{"timeout_ms":1}})",
            "stop: task: the member is missing"},
        Bad{R"({"id":1,"type":"stop","body":{"task":{"connector":"c","number":2147483648},)"
            R"("timeout_ms":1}})",
            "stop: task: number: 2147483648 is out of range"},
        Bad{R"({"id":1,"type":"stop","body":{"task":{"connector":7,"number":1},"timeout_ms":1}})",
            "stop: task: connector: text was expected, not number"},
        Bad{R"({"id":1,"type":"inspect","body":{"plugin_path":{"hex":"0g"}}})",
            "inspect: plugin_path: text was expected, not object"},
        Bad{R"({"id":0,"type":"status","body":{"task":{"connector":"c","number":1},)"
            R"("incarnation":1,"state":"DEAD","trace":""}})",
            "status: state: unknown name 'DEAD'"},
        Bad{R"({"id":0,"type":"status","body":{"task":{"connector":"c","number":1},)"
            R"("incarnation":-1,"state":"FAILED","trace":""}})",
            "status: incarnation: -1 is out of range"},
        Bad{R"({"id":1,"type":"task_config_list","body":{"configs":[["a"]]}})",
            "task_config_list: configs: an array of keys and values was expected"},
        Bad{R"({"id":1,"type":"task_config_list","body":{"configs":[["a","1","a","2"]]}})",
            "the key 'a' comes twice"},
        Bad{R"({"id":1,"type":"offsets_read","body":{"values":[1]}})", "offsets_read: values:"},
        Bad{R"({"id":1,"type":"done","body":{}} x)", "Unrecognized token"}));

// Mutated frames never crash, and what is accepted is a frame that can be sent again.
TEST(Messages, MutatedFramesAreRefusedOrSound) {
  std::vector<std::string> corpus;
  for (const Message &message : one_of_each())
    corpus.push_back(encode({is_told(message) ? 0u : 77u, message}));
  std::mt19937_64 random(20240601);
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  constexpr std::string_view kBytes = "{}[]\",:0123456789-+.eEtfnul\\ux\x00\xff\xc3";
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = corpus[pick(corpus.size())];
    for (std::size_t changes = 1 + pick(4); changes-- > 0 && !text.empty();) {
      const std::size_t at = pick(text.size());
      const std::string &other = corpus[pick(corpus.size())];
      switch (pick(4)) {
      case 0:
        text[at] = kBytes[pick(kBytes.size())];
        break;
      case 1:
        text.erase(at, 1 + pick(8));
        break;
      case 2:
        text.insert(at, other.substr(pick(other.size()), pick(16)));
        break;
      default:
        text.resize(at);
      }
    }
    if (const auto frame = decode(text)) {
      ++accepted;
      EXPECT_TRUE(decode(encode(*frame))) << text;
    } else {
      EXPECT_FALSE(frame.error().message().empty());
    }
  }
  EXPECT_GT(accepted, 0) << "the mutations are too wild to reach the members";
}

TEST(Messages, LargeMapsAreReadInLinearTime) {
  TaskConfigList list;
  StringMap &map = list.configs.emplace_back();
  for (int i = 0; i < 200'000; ++i)
    map.append("key" + std::to_string(i), "");
  const auto frame = decode(encode({1, std::move(list)}));
  ASSERT_TRUE(frame);
  EXPECT_EQ(std::get<TaskConfigList>(frame->message).configs[0].size(), 200'000u);
}

TEST(Failures, KeepCodeClassMessageAndCauses) {
  Error error =
      Error(Code::Io, "E1", "no: such\nfile").wrap(Code::Config, "E2", "while reading: x");
  error = std::move(error).wrap(Code::Data, exception::kConnect, "");
  const Error back = error_from(failed_from(error));
  EXPECT_EQ(back.code(), Code::Data);
  EXPECT_EQ(back.exception(), exception::kConnect);
  EXPECT_EQ(back.trace(), error.trace());
  EXPECT_EQ(error_from(failed_from(Error(Code::NotFound, "x"))).code(), Code::NotFound);
}

TEST(Failures, ForeignOnesAreBounded) {
  Failed failed{200, "E", "m", "E: m"};
  for (int i = 0; i < 100'000; ++i)
    failed.trace += "\nCaused by: E: m";
  const Error error = error_from(failed);
  EXPECT_EQ(error.code(), Code::Fatal);
  EXPECT_LT(error.trace().size(), 2'000u);
}

TEST(BuildId, HasVersionAndFingerprint) {
  EXPECT_EQ(build_id().size() - build_id().find('-'), 13u) << build_id();
}

} // namespace
} // namespace host::link

#include <gtest/gtest.h>

#include "host/rest/listener.h"
#include "host/rest/logger_levels.h"
#include "host/rest/media_type.h"
#include "host/rest/request_body.h"
#include "host/rest/uri.h"

namespace tests {
namespace {

using namespace host;
using namespace host::rest;

TEST(ListenerTest, Parses) {
  const auto listeners =
      parse_listeners({"http://:8083", "HTTP://h_1.x:0", "http://[::1]:9"}, "listeners");
  ASSERT_TRUE(listeners);
  EXPECT_EQ(listeners->at(0).host, "");
  EXPECT_EQ(listeners->at(0).port, 8083);
  EXPECT_EQ(listeners->at(1).host, "h_1.x");
  EXPECT_EQ(listeners->at(2).host, "::1");
  EXPECT_EQ(listeners->at(2).text(), "http://[::1]:9");
}

TEST(ListenerTest, NamesWhatIsWrong) {
  const auto refused = [](const std::string &item) {
    return parse_listeners({item}, "admin.listeners").error().message();
  };
  EXPECT_EQ(refused("localhost:8083"),
            "admin.listeners item `localhost:8083`: Listener doesn't have the right format "
            "(protocol://hostname:port).");
  EXPECT_EQ(refused("http://h:99999"), "admin.listeners item `http://h:99999`: Listener doesn't "
                                       "have the right format (protocol://hostname:port).");
  EXPECT_EQ(refused("ftp://h:1"), "admin.listeners item `ftp://h:1`: Listener protocol must be "
                                  "either \"http\" or \"https\".");
  EXPECT_EQ(refused(" "), "Empty URL found when parsing admin.listeners list.");
}

TEST(ListenerTest, TheAdvertisedListenerIsOneOfItsProtocol) {
  const std::vector<Listener> both = {{"h", 1, true}, {"h", 2, false}};
  EXPECT_EQ(advertised_listener({}, both).port, 2);
  EXPECT_EQ(advertised_listener({"", 0, "https"}, both).port, 1);
  EXPECT_EQ(advertised_listener({}, {{"h", 1, true}}).port, 1);
  EXPECT_EQ(advertised_url({"w", 5, ""}, both[0]), "https://w:5");
}

TEST(ListenerTest, WorkerIdIsTheAdvertisedAddress) {
  EXPECT_EQ(worker_id({}, {"127.0.0.1", 8083}), "127.0.0.1:8083");
  EXPECT_EQ(worker_id({"w.example", 80, ""}, {"127.0.0.1", 8083}), "w.example:80");
  EXPECT_EQ(worker_id({"", 81, ""}, {"::1", 8083}), "[::1]:81");
  EXPECT_NE(worker_id({}, {"", 8083}).find(":8083"), std::string::npos);
}

TEST(UriTest, TakesPathAndQueryApart) {
  const auto target = parse_target("/connectors/a%20b;v=1/?x=1&y=a+b%21&x=2&z&=e#f?x=9", "h");
  ASSERT_TRUE(target);
  ASSERT_EQ(target->path.size(), 2U);
  EXPECT_EQ(target->path[1].raw, "a%20b");
  EXPECT_EQ(target->path[1].decoded, "a b");
  EXPECT_EQ(*target->parameter("x"), "1");
  EXPECT_EQ(*target->parameter("y"), "a b!");
  EXPECT_EQ(*target->parameter("z"), "");
  EXPECT_EQ(target->parameter("w"), nullptr);
  EXPECT_TRUE(parse_target("/", "h")->path.empty());
  EXPECT_TRUE(parse_target("http://h", "h")->path.empty());
}

TEST(UriTest, EncodesNamesForLocations) {
  EXPECT_EQ(encode_path("a/b c%d%41{}é"), "a/b%20c%25d%41%7B%7D%C3%A9");
}

TEST(MediaTypeTest, Accepts) {
  EXPECT_TRUE(accepts(std::nullopt, "application", "json"));
  EXPECT_TRUE(accepts("", "application", "json"));
  EXPECT_TRUE(accepts("text/html, Application/JSON;charset=utf-8", "application", "json"));
  EXPECT_TRUE(accepts("application/json;q=0", "application", "json"));
  EXPECT_FALSE(accepts("text/*", "application", "json"));
  EXPECT_FALSE(accepts("json", "application", "json"));
}

TEST(RequestBodyTest, ScalarsAreTexts) {
  const auto config = read_config(R"({"a":1.50,"b":true,"c":null,"d":"x","a":2})");
  ASSERT_TRUE(config && *config);
  EXPECT_EQ(**config,
            (herder::SubmittedConfig{{"a", "2"}, {"b", "true"}, {"c", std::nullopt}, {"d", "x"}}));
}

TEST(RequestBodyTest, NothingIsNothing) {
  for (const char *body : {"", " \n", "null", " null "}) {
    const auto config = read_config(body);
    ASSERT_TRUE(config) << body;
    EXPECT_FALSE(*config) << body;
  }
}

TEST(RequestBodyTest, AHugeConfigIsRefusedInLinearTime) {
  std::string body = "{";
  for (int i = 0; i < 300'000; ++i)
    body += "\"k" + std::to_string(i) + "\":\"\",";
  body.back() = '}';
  const auto config = read_config(body);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code(), Code::BadRequest);
}

TEST(LoggerLevelsTest, RootSetsAllAndRemembersWhen) {
  struct FixedClock final : Clock {
    TimePoint now() const override { return {}; }
    std::int64_t wall_ms() const override { return 42; }
  } clock;
  static const log::Logger kLogger{"test.levels.one"};
  std::string forwarded;
  LoggerLevels levels(clock, [&](const std::string &prefix, const std::string &level) {
    forwarded += prefix + "=" + level + " ";
  });
  EXPECT_EQ(levels.set("test.levels", log::Level::Error),
            (std::vector<std::string>{"test.levels", "test.levels.one"}));
  EXPECT_FALSE(kLogger.enabled(log::Level::Warn));
  EXPECT_EQ(levels.find("test.levels.one")->last_modified_ms, 42);
  EXPECT_TRUE(levels.set("test.levels", log::Level::Error).empty());
  const auto changed = levels.set("Root", log::Level::Debug);
  EXPECT_NE(std::find(changed.begin(), changed.end(), "root"), changed.end());
  EXPECT_TRUE(kLogger.enabled(log::Level::Debug));
  EXPECT_EQ(forwarded, "test.levels=ERROR test.levels=ERROR =DEBUG ");
  levels.set("root", log::Level::Info);
}

} // namespace
} // namespace tests

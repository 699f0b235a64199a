#include "host/rest/front.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "host/rest/users.h"

// What an entrance does before and after its resources. How Kafka Connect does the same is compared
// by the sessions 86 and 87 of tests/rest.
namespace host::rest {
namespace {

using Header = std::pair<std::string, std::string>;

class FixedClock final : public Clock {
public:
  TimePoint now() const override { return now_; }
  std::int64_t wall_ms() const override { return 784'111'777'000; } // of RFC 9110's example
  TimePoint now_{std::chrono::hours(1)};
};

Request request(std::string method, std::string target, std::vector<Header> headers = {}) {
  Request made;
  made.method = std::move(method);
  made.target = std::move(target);
  made.host = "h";
  made.headers = std::move(headers);
  made.client = "10.0.0.1";
  return made;
}

TEST(HeaderRules, AreReadAsConnectReadsThem) {
  const auto rules = parse_header_rules(
      "set X-A: DENY, \"ADD Cache-Control: no-cache, no-store\", setDate X-D:86400000");
  ASSERT_TRUE(rules) << rules.error().message();
  Reply reply;
  reply.headers = {{"x-a", "old"}};
  apply(*rules, FixedClock().wall_ms(), reply);
  EXPECT_EQ(reply.headers, (std::vector<Header>{{"X-A", "DENY"},
                                                {"Cache-Control", "no-cache, no-store"},
                                                {"X-D", "Mon, 07 Nov 1994 08:49:37 GMT"}}));
  EXPECT_TRUE(parse_header_rules(" ")->empty());
}

TEST(HeaderRules, FaultsAreNamedInConnectsWords) {
  const auto message = [](std::string_view text) {
    return parse_header_rules(text).error().message();
  };
  EXPECT_EQ(message("set X-A"), "Invalid format of header config 'set X-A'. Expected: '[action] "
                                "[header name]:[header value]'");
  EXPECT_EQ(message("put X-A: 1"),
            "Invalid header config action: 'put'. Expected one of [set, add, setDate, addDate]");
  EXPECT_EQ(message("set X A: 1"),
            "Invalid header name 'X A'. The '[header name]' cannot contain whitespace");
  EXPECT_EQ(message("setDate X-A: soon"),
            "Invalid header value of 'X-A': a date is so many milliseconds from now");
}

TEST(CorsTest, PatternsAndDefaults) {
  const auto allowed = [](std::string_view origins, const std::string &origin) {
    Reply reply;
    Cors(origins, "")
        .add_headers(
            request("OPTIONS", "/", {{"origin", origin}, {"access-control-request-method", "PUT"}}),
            reply);
    return reply.headers.size() > 1 ? reply.headers[1].second + " " + reply.headers[2].second : "";
  };
  EXPECT_EQ(allowed("*", "http://x"), "http://x GET,POST,HEAD");
  EXPECT_EQ(allowed("http://*.a.example, http://b", "http://w.a.example"),
            "http://w.a.example GET,POST,HEAD");
  EXPECT_EQ(allowed("http://*.a.example, http://b", "http://a.example"), "");
  EXPECT_EQ(allowed("http://a.example", "http://aXexample"), "");
}

TEST(RateLimitTest, CountsByAddressAndSecond) {
  RateLimit limit(2);
  const TimePoint start{std::chrono::hours(1)};
  Request one = request("GET", "/");
  Request other = one;
  other.client = "10.0.0.2";
  EXPECT_FALSE(limit.check(one, start));
  EXPECT_FALSE(limit.check(one, start));
  const auto refused = limit.check(one, start);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_FALSE(limit.check(other, start));
  EXPECT_FALSE(limit.check(request("GET", "/health"), start));
  EXPECT_FALSE(limit.check(one, start + std::chrono::milliseconds(600)));
  EXPECT_TRUE(limit.check(one, start + std::chrono::milliseconds(700)));
  EXPECT_FALSE(RateLimit(0).check(one, start));
}

TEST(FrontTest, EachRequestHasAnId) {
  const FixedClock clock;
  Front front({}, clock);
  const auto id_for = [&](std::vector<Header> headers) {
    Request asked = request("GET", "/", std::move(headers));
    EXPECT_FALSE(front.before(asked));
    Reply reply;
    front.after(asked, reply);
    EXPECT_EQ(reply.headers.back().first, "X-Request-Id");
    return reply.headers.back().second;
  };
  EXPECT_EQ(id_for({{"x-request-id", "abc-1"}}), "abc-1");
  EXPECT_EQ(id_for({{"x-request-id", "a b"}}).size(), 16u);
  EXPECT_EQ(id_for({{"x-request-id", std::string(200, 'a')}}).size(), 16u);
  EXPECT_NE(id_for({}), id_for({}));
}

class UsersTest : public testing::Test {
protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "users-test-" + std::to_string(::getpid()); // tests run at once
    std::filesystem::create_directories(folder_);
    write("users", "ann=secret\nbob=b\nroot=r\n");
    write("jaas", "Other { x required; };\nKafkaConnect {\n  org.apache.kafka.connect.rest.basic."
                  "auth.extension.PropertyFileLoginModule required\n  file=\"" +
                      folder_ + "/users\";\n};\n");
  }
  void write(const std::string &name, const std::string &text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  std::string message(const std::string &jaas) {
    write("bad", jaas);
    const auto users = Users::read(folder_ + "/bad", {});
    return users ? "" : users.error().message();
  }
  static int status(const Users &users, std::string method, std::string target,
                    const std::string &credentials) {
    Request asked =
        request(std::move(method), std::move(target), {{"authorization", "Basic " + credentials}});
    const auto reply = users.check(asked);
    return reply ? reply->status : 0;
  }
  static constexpr const char *kAnn = "YW5uOnNlY3JldA==";
  static constexpr const char *kBob = "Ym9iOmI=";
  static constexpr const char *kRoot = "cm9vdDpy";

  std::string folder_;
};

TEST_F(UsersTest, RolesLimitWhatIsAllowed) {
  const auto users =
      Users::read(folder_ + "/jaas", {{"bob"}, std::optional(std::vector<std::string>{"root"})});
  ASSERT_TRUE(users) << users.error().message();
  EXPECT_EQ(status(*users, "PUT", "/connectors/c/config", kAnn), 0);
  EXPECT_EQ(status(*users, "PUT", "/connectors/c/config", kBob), 403);
  EXPECT_EQ(status(*users, "GET", "/connectors", kBob), 0);
  EXPECT_EQ(status(*users, "GET", "/admin/loggers", kAnn), 403);
  EXPECT_EQ(status(*users, "PUT", "/admin/loggers/root", kRoot), 0);
  EXPECT_EQ(status(*users, "GET", "/connectors", "YW5uOng="), 401);
  EXPECT_EQ(status(*users, "POST", "/connectors/c/tasks", "x"), 0);
  EXPECT_EQ(status(*users, "POST", "/connectors/c/tasks/0/restart", "x"), 401);
  EXPECT_EQ(status(*users, "PUT", "/connectors/c/fence?forward=true", "x"), 0);
}

TEST_F(UsersTest, AnEmptyFileLetsEverybodyIn) {
  write("users", "");
  const auto users = Users::read(folder_ + "/jaas", {});
  ASSERT_TRUE(users);
  EXPECT_EQ(status(*users, "PUT", "/connectors/c/config", "x"), 0);
}

TEST_F(UsersTest, WhatIsWrongWithTheFileIsSaid) {
  EXPECT_NE(Users::read("", {}).error().message().find("set java.security.auth.login.config"),
            std::string::npos);
  EXPECT_NE(Users::read("/none", {}).error().message().find("/none cannot be read"),
            std::string::npos);
  EXPECT_NE(message("KafkaClient { x required; };").find("has no entry `KafkaConnect"),
            std::string::npos);
  EXPECT_NE(message("KafkaConnect { com.acme.Ldap required; };").find("com.acme.Ldap is not known"),
            std::string::npos);
  EXPECT_NE(message("KafkaConnect { org.apache.kafka.connect.rest.basic.auth.extension."
                    "PropertyFileLoginModule required; };")
                .find("needs the option file"),
            std::string::npos);
  EXPECT_FALSE(message("KafkaConnect { ").empty());
}

} // namespace
} // namespace host::rest

#include "host/rest/forwarder.h"

#include <future>

#include <gtest/gtest.h>

#include "tests/contract/raw_client.h"
#include "tests/contract/test_worker.h"

// Requests that another worker must answer.
namespace tests {
namespace {

using namespace host;
using rest::Hops;

class ForwarderTest : public testing::Test {
protected:
  ForwarderTest() : forwarder_({2, Duration(5'000)}) { forwarder_.start(); }

  rest::Request request(std::string method, std::string target, std::string body = {}) {
    rest::Request made;
    made.method = std::move(method);
    made.target = std::move(target);
    made.host = "here:1";
    made.body = std::move(body);
    return made;
  }
  rest::Reply forwarded(const rest::Request &asked, const std::string &url) {
    std::promise<rest::Reply> reply;
    forwarder_.forward(asked, url, [&](rest::Reply given) { reply.set_value(std::move(given)); });
    return reply.get_future().get();
  }
  std::string leader() const { return "http://127.0.0.1:" + std::to_string(leader_.port()); }

  TestWorker leader_;
  rest::Forwarder forwarder_;
};

TEST_F(ForwarderTest, GivesTheReplyOfTheOther) {
  const auto created = forwarded(
      request("POST", "/connectors",
              R"({"name":"c","config":{"connector.class":"FileStreamSource","topic":"t"}})"),
      leader());
  EXPECT_EQ(created.status, 201);
  ASSERT_EQ(created.headers.size(), 1u);
  EXPECT_EQ(created.headers[0].second, "http://here:1/connectors/c");
  leader_.settle();
  const auto status = forwarded(request("GET", "/connectors/c/config"), leader());
  EXPECT_EQ(status.body, R"({"connector.class":"FileStreamSource","topic":"t","name":"c"})");
  EXPECT_EQ(forwarded(request("DELETE", "/connectors/c"), leader()).status, 204);
}

TEST_F(ForwarderTest, AnErrorKeepsItsWords) {
  const auto missing = forwarded(request("DELETE", "/connectors/c"), leader());
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, R"({"error_code":404,"message":"Connector c not found"})");
}

TEST_F(ForwarderTest, GoesNoFurtherThanTwoWorkers) {
  const auto hops = [](const std::string &target) {
    return rest::hops_of(*rest::parse_target(target, "h"));
  };
  EXPECT_EQ(hops("/c"), Hops::None);
  EXPECT_EQ(hops("/c?forward=true"), Hops::One);
  EXPECT_EQ(hops("/c?a=b&forward=TRUE"), Hops::One);
  EXPECT_EQ(hops("/c?forward=false"), Hops::NoMore);
  EXPECT_EQ(hops("/c?forward="), Hops::NoMore);
  const auto conflict = forwarded(request("DELETE", "/connectors/c?forward=false"), leader());
  EXPECT_EQ(conflict.status, 409);
  EXPECT_NE(conflict.body.find("because of a conflicting operation"), std::string::npos);
  EXPECT_EQ(forwarded(request("DELETE", "/connectors/c"), "").status, 409);
}

TEST_F(ForwarderTest, NobodyThereIsAnErrorOfThisWorker) {
  const auto reply = forwarded(request("DELETE", "/connectors/c"), "http://127.0.0.1:1");
  EXPECT_EQ(reply.status, 500);
  EXPECT_NE(reply.body.find("IO Error trying to forward REST request: cannot reach"),
            std::string::npos);
}

TEST_F(ForwarderTest, AStoppedOneAnswersToo) {
  forwarder_.stop();
  const auto reply = forwarded(request("GET", "/"), leader());
  EXPECT_EQ(reply.body, R"({"error_code":500,"message":"Worker is shutting down"})");
}

} // namespace
} // namespace tests

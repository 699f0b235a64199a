// Connections: what keeps them, what ends them, and that a slow one costs nobody else.
#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/contract/raw_client.h"
#include "tests/contract/test_worker.h"

namespace tests {
namespace {

using namespace host;
using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /connectors HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kCreate =
    "POST /connectors HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
    "Content-Length: 80\r\n\r\n"
    "{\"name\":\"c\",\"config\":{\"connector.class\":\"FileStreamSource\",\"topic\":\"t\"}}        "
    "   ";

TEST(ServerTest, KeepsAConnectionForManyRequests) {
  TestWorker worker;
  RawClient client(worker.port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(kGet));
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "[]");
    EXPECT_FALSE(reply->headers.contains("connection"));
  }
}

TEST(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestWorker worker;
  RawClient client(worker.port());
  client.send("GET /nope HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(client.receive()->status, 404);
  EXPECT_EQ(client.receive()->status, 200);
}

TEST(ServerTest, TellsAClientToContinue) {
  TestWorker worker;
  RawClient client(worker.port());
  client.send("PUT /connectors/c/config HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
              "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.receive()->status, 100);
  client.send("{}");
  EXPECT_EQ(client.receive()->status, 400);
}

TEST(ServerTest, ClosesAConnectionThatStaysSilentOrSlow) {
  rest::Limits limits;
  limits.header_timeout = 50ms;
  limits.body_timeout = 50ms;
  TestWorker worker(limits);
  RawClient silent(worker.port());
  RawClient half_header(worker.port());
  half_header.send("GET / HTTP/1.1\r\nHo");
  RawClient half_body(worker.port());
  half_body.send("PUT /connectors/c/config HTTP/1.1\r\nHost: h\r\nContent-Type: application/json"
                 "\r\nContent-Length: 20\r\n\r\n{");
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(half_header.closed());
  EXPECT_TRUE(half_body.closed());
}

TEST(ServerTest, SlowClientsDelayNobody) {
  TestWorker worker;
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<RawClient>(worker.port()));
    slow.back()->send("GET /connectors HTTP/1.1\r\nHost: ");
  }
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(round_trip(worker.port(), kGet)->status, 200);
}

TEST(ServerTest, AboveTheLimitTheSlowestGoes) {
  rest::Limits limits;
  limits.connections = 3;
  TestWorker worker(limits);
  RawClient first(worker.port());
  first.send("GET / HTTP/1.1\r\nHost: ");
  RawClient second(worker.port());
  second.send(kGet);
  EXPECT_TRUE(second.receive());
  RawClient third(worker.port());
  third.send(kGet);
  EXPECT_TRUE(third.receive());
  RawClient fourth(worker.port());
  fourth.send(kGet);
  EXPECT_TRUE(fourth.receive());
  EXPECT_TRUE(first.closed());
  second.send(kGet);
  EXPECT_TRUE(second.receive()) << "it was heard of later than the first";
}

TEST(ServerTest, AReplyThatDoesNotComeIsTimedOut) {
  rest::Limits limits;
  limits.patience.request = 30ms;
  TestWorker worker(limits);
  worker.supervisor->hold = [](const std::string &call) { return call.starts_with("start"); };
  const auto reply = round_trip(worker.port(), kCreate);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 500);
  EXPECT_EQ(reply->body, R"({"error_code":500,"message":"Request timed out"})");
  EXPECT_EQ(round_trip(worker.port(), "GET /connectors HTTP/1.1\r\nHost: h\r\n\r\n")->body,
            R"(["c"])")
      << "the request goes on";
  worker.supervisor->release();
}

TEST(ServerTest, BeforeTheWorkerIsOpenReadsAnswerAndChangesWait) {
  rest::Limits limits;
  limits.patience.request = 30ms;
  TestWorker worker(limits, false);
  EXPECT_EQ(round_trip(worker.port(), kGet)->body, "[]");
  EXPECT_EQ(round_trip(worker.port(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n")->body,
            R"({"version":"4.3.0","commit":"unknown","kafka_cluster_id":null,)"
            R"("sluice_version":"0.1.0"})");
  const auto health = round_trip(worker.port(), "GET /health HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(health->status, 503);
  EXPECT_EQ(health->body.find(R"({"status":"starting","message":"Worker is still starting up. )"
                              R"(The worker is currently waiting for Kafka at broker:9092, )"
                              R"(which began at )"),
            0U)
      << health->body;
  const auto created = round_trip(worker.port(), kCreate);
  EXPECT_EQ(created->status, 500);
  EXPECT_NE(created->body.find("Request timed out. The worker is currently waiting for Kafka at "
                               "broker:9092, which began at "),
            std::string::npos)
      << created->body;
  worker.open();
  EXPECT_EQ(round_trip(worker.port(), "GET /health HTTP/1.1\r\nHost: h\r\n\r\n")->status, 200);
}

TEST(ServerTest, StopLetsARequestUnderWayEnd) {
  TestWorker worker;
  worker.supervisor->hold = [](const std::string &call) { return call.starts_with("start c"); };
  RawClient idle(worker.port());
  idle.send(kGet);
  EXPECT_TRUE(idle.receive());
  RawClient busy(worker.port());
  busy.send(kCreate);
  // The request is under way once its connector shows.
  while (worker.herder->snapshot()->find("c") == nullptr)
    std::this_thread::yield();
  auto stopped = std::async(std::launch::async, [&] { worker.server->stop(); });
  EXPECT_TRUE(idle.closed());
  worker.supervisor->release();
  const auto reply = busy.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->headers.at("connection"), "close");
  stopped.wait();
}

TEST(ServerTest, StopDoesNotWaitLongerThanItsGrace) {
  rest::Limits limits;
  limits.stop_grace = 20ms;
  TestWorker worker(limits);
  worker.supervisor->hold = [](const std::string &call) { return call.starts_with("start c"); };
  RawClient busy(worker.port());
  busy.send(kCreate);
  while (worker.herder->snapshot()->find("c") == nullptr)
    std::this_thread::yield();
  worker.server->stop();
  EXPECT_TRUE(busy.closed());
  worker.supervisor->release();
}

TEST(ServerTest, APortThatIsTakenIsNamed) {
  TestWorker worker;
  rest::ServerOptions options;
  options.listeners = {{"127.0.0.1", worker.port()}};
  const auto second = rest::Server::bind(options, worker.clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message(),
            "Cannot listen on http://127.0.0.1:" + std::to_string(worker.port()) +
                ": Address already in use; choose another address in "
                "`listeners`");
}

TEST(ServerTest, AdminHasListenersOfItsOwnOrNone) {
  TestWorker worker;
  for (const bool served : {true, false}) {
    rest::ServerOptions options;
    options.listeners = {{"127.0.0.1", 0}};
    options.admin_listeners.emplace();
    if (served)
      options.admin_listeners->push_back({"127.0.0.1", 0});
    auto server = rest::Server::bind(options, worker.clock);
    ASSERT_TRUE(server);
    (*server)->start(*worker.herder);
    const std::string get = "GET /admin/loggers HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_EQ(round_trip((*server)->listeners().front().port, get)->status, 404);
    if (served) {
      const std::uint16_t port = (*server)->admin_listeners().front().port;
      EXPECT_EQ(round_trip(port, get)->status, 200);
      EXPECT_EQ(round_trip(port, kGet)->status, 404);
    }
    (*server)->stop();
  }
}

TEST(ServerTest, ManyClientsAtOnce) {
  TestWorker worker;
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int c = 0; c < 8; ++c)
    clients.emplace_back([&, c] {
      const std::string path = "/connectors/c" + std::to_string(c);
      const std::string body = R"({"connector.class":"FileStreamSource","topic":"t","file":"f)" +
                               std::to_string(c) + "\"}";
      RawClient client(worker.port());
      for (int i = 0; i < 20; ++i) {
        client.send("PUT " + path + "/config HTTP/1.1\r\nHost: h\r\nContent-Type: " +
                    "application/json\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body + "GET " + path + "/status HTTP/1.1\r\nHost: h\r\n\r\n" +
                    "GET /connectors?expand=status&expand=info HTTP/1.1\r\nHost: h\r\n\r\n" +
                    "DELETE " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
        const auto put = client.receive();
        const auto status = client.receive();
        const auto list = client.receive();
        const auto removed = client.receive();
        good +=
            put && put->status == 201 && status && status->status == 200 && list &&
            list->body.find("\"c" + std::to_string(c) + "\":{\"status\"") != std::string::npos &&
            removed && removed->status == 204;
      }
    });
  for (std::thread &client : clients)
    client.join();
  EXPECT_EQ(good, 8 * 20);
}

} // namespace
} // namespace tests

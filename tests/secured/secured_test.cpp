#include "host/wire/find_coordinator.h" // first: Asio's coroutines

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>

#include <gtest/gtest.h>

#include "host/cluster/membership_settings.h"
#include "host/kafka/admin.h"
#include "host/kafka/client_config.h"

// A broker for each kind of security, at the ports that tests/system/secured.py tells. Everything
// starts from Java's keys, as a worker's configuration has them.
namespace host::cluster {
namespace {

const std::string kPlain = "org.apache.kafka.common.security.plain.PlainLoginModule";
const std::string kScram = "org.apache.kafka.common.security.scram.ScramLoginModule";
const std::string kOauth = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";

std::string login(const std::string &module, const std::string &user, const std::string &password) {
  return module + " required username=\"" + user + "\" password=\"" + password + "\";";
}

class SecuredTest : public testing::Test {
protected:
  void SetUp() override {
    if (std::getenv("SLUICE_TEST_CERTIFICATES") == nullptr)
      GTEST_SKIP() << "no secured broker: tests/system/secured.py starts one";
  }

  static std::string file(const std::string &name) {
    return std::string(std::getenv("SLUICE_TEST_CERTIFICATES")) + "/" + name;
  }
  static std::string at(const std::string &listener, const std::string &host = "127.0.0.1") {
    return host + ":" + std::getenv(("SLUICE_TEST_" + listener).c_str());
  }
  // A worker that reaches that listener, with more keys.
  static StringMap worker(const std::string &listener, StringMap keys) {
    StringMap all{{"bootstrap.servers", at(listener)}, {"group.id", "g"}};
    for (const auto &[key, value] : keys)
      all.set(key, value);
    return all;
  }
  static StringMap tls(StringMap more = {}) {
    StringMap all{{"security.protocol", "SSL"}, {"ssl.truststore.location", file("ca.pem")}};
    for (const auto &[key, value] : more)
      all.set(key, value);
    return all;
  }
  static StringMap sasl(const std::string &mechanism, const std::string &jaas) {
    return {{"security.protocol", "SASL_PLAINTEXT"},
            {"sasl.mechanism", mechanism},
            {"sasl.jaas.config", jaas}};
  }

  // `OK`, or what a worker with these keys is told when it looks for its coordinator.
  static std::string outcome(const StringMap &worker) {
    const auto settings = membership_settings(worker, "here:8083");
    if (!settings)
      return settings.error().message();
    boost::asio::io_context io;
    wire::Connection connection(io, settings->security, "test");
    std::optional<Result<wire::Address>> found;
    const auto ask = [&]() -> wire::Async<void> {
      const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
      do // the first to ask has the topic of all groups made
        found = co_await wire::find_coordinator(
            connection, wire::parse_bootstrap(settings->bootstrap)->front(), "g", deadline);
      while (!*found && found->error().message().find("COORDINATOR_") != std::string::npos &&
             std::chrono::steady_clock::now() < deadline);
    };
    boost::asio::co_spawn(io, ask(), boost::asio::detached);
    io.run();
    if (*found)
      return "OK";
    return found->error().message();
  }
  // The error names all of that.
  static void expect_told(const StringMap &worker, std::initializer_list<std::string> words) {
    const std::string said = outcome(worker);
    for (const std::string &word : words)
      EXPECT_NE(said.find(word), std::string::npos) << word << " is not in: " << said;
  }
};

TEST_F(SecuredTest, TlsWithTheRightAuthority) { EXPECT_EQ(outcome(worker("TLS", tls())), "OK"); }

TEST_F(SecuredTest, AnUnknownAuthorityIsTheTrustStores) {
  expect_told(worker("TLS", tls({{"ssl.truststore.location", file("other-ca.pem")}})),
              {"/CN=broker is signed by /CN=sluice test ca", "not in ssl.truststore.location"});
  expect_told(worker("TLS", {{"security.protocol", "SSL"}}), {"not in ssl.truststore.location"});
}

TEST_F(SecuredTest, AnExpiredBrokerIsToldWithItsDate) {
  expect_told(worker("EXPIRED", tls()),
              {"/CN=expired expired at 2020-02-01", "the broker's own ssl.keystore.location"});
}

TEST_F(SecuredTest, AnotherNameIsRefusedUnlessNobodyLooks) {
  StringMap keys = worker("TLS", tls());
  keys.set("bootstrap.servers", at("TLS", "localhost"));
  expect_told(keys, {"is not for 'localhost'", "ssl.endpoint.identification.algorithm"});
  keys.set("ssl.endpoint.identification.algorithm", "");
  EXPECT_EQ(outcome(keys), "OK");
}

TEST_F(SecuredTest, AClientsOwnCertificate) {
  EXPECT_EQ(outcome(worker("MTLS", tls({{"ssl.keystore.location", file("client.pem")}}))), "OK");
  EXPECT_EQ(outcome(worker("MTLS", tls({{"ssl.keystore.location", file("locked.pem")},
                                        {"ssl.key.password", "key-secret"}}))),
            "OK");
  EXPECT_EQ(outcome(worker("MTLS", tls({{"ssl.keystore.location", file("client.p12")},
                                        {"ssl.keystore.password", "store-secret"}}))),
            "OK");
}

TEST_F(SecuredTest, AClientsOwnCertificateThatDoesNotDo) {
  expect_told(worker("MTLS", tls()),
              {"refuses this worker's certificate", "ssl.keystore.location"});
  expect_told(worker("MTLS", tls({{"ssl.keystore.location", file("expired-client.pem")}})),
              {"refuses this worker's certificate", "ssl.keystore.location"});
  expect_told(worker("MTLS", tls({{"ssl.keystore.location", file("locked.pem")},
                                  {"ssl.key.password", "wrong"}})),
              {"ssl.keystore.location", "is ssl.key.password right?"});
  expect_told(worker("MTLS", tls({{"ssl.keystore.location", file("client.p12")},
                                  {"ssl.keystore.password", "wrong"}})),
              {"ssl.keystore.location", "is ssl.keystore.password right?"});
}

TEST_F(SecuredTest, TheWrongProtocolIsTheSecurityProtocols) {
  expect_told(worker("PLAINTEXT", tls()), {"TLS handshake", "security.protocol"});
  expect_told(worker("TLS", {}), {"security.protocol"});
  expect_told(worker("SASL", {}), {"security.protocol"});
  expect_told(worker("PLAINTEXT", sasl("PLAIN", login(kPlain, "alice", "alice-secret"))),
              {"security.protocol"});
}

struct Mechanism {
  std::string name;
  std::string right;
  std::string wrong;
};
class MechanismTest : public SecuredTest, public testing::WithParamInterface<Mechanism> {};

TEST_P(MechanismTest, RightCredentials) {
  EXPECT_EQ(outcome(worker("SASL", sasl(GetParam().name, GetParam().right))), "OK");
}

TEST_P(MechanismTest, WrongCredentials) {
  expect_told(worker("SASL", sasl(GetParam().name, GetParam().wrong)),
              {"refuses the " + GetParam().name + " credentials", "sasl.jaas.config"});
}

// One configuration is for all clients of a worker.
TEST_P(MechanismTest, LibrdkafkaAgrees) {
  const StringMap keys = worker("SASL", sasl(GetParam().name, GetParam().right));
  const auto config =
      kafka::client_config({.kind = kafka::ClientKind::WorkerAdmin, .worker = keys});
  ASSERT_TRUE(config) << config.error().message();
  const auto admin = kafka::Admin::create(*config);
  ASSERT_TRUE(admin) << admin.error().message();
  const auto topic = (*admin)->describe_topic("there-is-none", {});
  EXPECT_TRUE(topic) << topic.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    All, MechanismTest,
    testing::Values(
        Mechanism{"PLAIN", login(kPlain, "alice", "alice-secret"), login(kPlain, "alice", "x")},
        Mechanism{"SCRAM-SHA-256", login(kScram, "alice", "alice-secret"),
                  login(kScram, "alice", "x")},
        Mechanism{"SCRAM-SHA-512", login(kScram, "alice", "alice-secret"),
                  login(kScram, "nobody", "alice-secret")},
        Mechanism{"OAUTHBEARER", kOauth + " required unsecuredLoginStringClaim_sub=\"alice\";",
                  kOauth + " required unsecuredLoginStringClaim_who=\"alice\" "
                           "unsecuredLoginPrincipalClaimName=\"who\";"}),
    [](const auto &info) { return info.param.name.substr(info.param.name.find_last_of('-') + 1); });

TEST_F(SecuredTest, AMechanismThatTheBrokerDoesNotEnable) {
  expect_told(worker("SCRAM", sasl("PLAIN", login(kPlain, "alice", "alice-secret"))),
              {"does not enable PLAIN", "sasl.mechanism", "it enables SCRAM-SHA-512"});
}

// Joins alone, and counts.
class Alone final : public MembershipListener {
public:
  void on_joining(Offer offer) override { offer({{"default", "d"}}); }
  void on_elected(Seat seat, std::vector<wire::JoinedMember>, Plan plan) override {
    plan({{seat.member_id, "work"}});
  }
  void on_assigned(Seat, std::string) override { count(assigned); }
  void on_revoked(Revocation, const std::string &) override { count(revoked); }
  void on_lease(std::int64_t) override { count(leases); }

  bool wait(int &counter, int wanted) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return counter >= wanted; });
  }
  int assigned = 0, revoked = 0, leases = 0;

private:
  void count(int &counter) {
    const std::lock_guard lock(mutex_);
    ++counter;
    changed_.notify_all();
  }
  std::mutex mutex_; // guards the counters
  std::condition_variable changed_;
};

TEST_F(SecuredTest, AMembershipShowsItsCredentialsAgainWhereTheBrokerWantsThem) {
  StringMap keys =
      worker("BOTH", tls(sasl("SCRAM-SHA-512", login(kScram, "alice", "alice-secret"))));
  keys.set("security.protocol", "SASL_SSL");
  keys.set("heartbeat.interval.ms", "100");
  Alone listener;
  auto membership =
      Membership::create(membership_settings(keys, "here:8083").value(), listener).value();
  membership->start();
  EXPECT_TRUE(listener.wait(listener.assigned, 1)) << membership->trouble();
  EXPECT_TRUE(listener.wait(listener.leases, 35)) << membership->trouble(); // 3.5 s: twice at least
  EXPECT_EQ(membership->trouble(), "");
  membership->stop();
  EXPECT_EQ(listener.assigned, 1);
  EXPECT_EQ(listener.revoked, 0);
}

} // namespace
} // namespace host::cluster

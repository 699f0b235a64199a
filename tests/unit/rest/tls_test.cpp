#include "host/rest/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include <future>

#include "host/rest/forwarder.h"
#include "tests/contract/test_worker.h"
#include "tests/support/tls_identity.h"

// HTTPS listeners.
namespace tests {
namespace {

using namespace host;

class RestTls : public testing::Test {
protected:
  RestTls() {
    EXPECT_TRUE(server_identity_.write(pem_));
    keys_ = {{"ssl.keystore.type", "PEM"}, {"ssl.keystore.location", pem_}};
  }
  ~RestTls() override {
    ::unlink(pem_.c_str());
    if (server_)
      server_->stop();
  }

  void serve(const StringMap &keys) {
    rest::ServerOptions options;
    options.listeners = {{"127.0.0.1", 0, true}};
    auto tls = rest::make_tls(keys, "listeners.https.");
    ASSERT_TRUE(tls) << tls.error().message();
    options.tls = *tls;
    auto bound = rest::Server::bind(std::move(options), worker_.clock);
    ASSERT_TRUE(bound) << bound.error().message();
    server_ = *std::move(bound);
    server_->start(*worker_.herder);
  }
  // The status, 0 if there was none.
  int ask(httplib::SSLClient &client) {
    client.enable_server_certificate_verification(true);
    client.set_ca_cert_path(pem_.c_str());
    const auto result = client.Get("/connectors");
    return result ? result->status : 0;
  }
  std::uint16_t port() const { return server_->listeners().front().port; }

  const Identity server_identity_{"IP:127.0.0.1"};
  const std::string pem_ = testing::TempDir() + "rest-tls-" + std::to_string(::getpid()) + ".pem";
  StringMap keys_;
  TestWorker worker_;
  std::unique_ptr<rest::Server> server_;
};

TEST_F(RestTls, ServesAndNamesItsScheme) {
  serve(keys_);
  httplib::SSLClient client("127.0.0.1", port());
  EXPECT_EQ(ask(client), 200);
  const auto created = client.Post(
      "/connectors", R"({"name":"c","config":{"connector.class":"FileStreamSource","topic":"t"}})",
      "application/json");
  ASSERT_TRUE(created);
  EXPECT_EQ(created->get_header_value("Location"),
            "https://127.0.0.1:" + std::to_string(port()) + "/connectors/c");
  httplib::Client plain("127.0.0.1", port());
  EXPECT_FALSE(plain.Get("/connectors"));
  EXPECT_EQ(ask(client), 200);
}

TEST_F(RestTls, AsksForACertificateIfToldTo) {
  StringMap keys = keys_;
  keys.set("ssl.client.auth", "required");
  keys.set("ssl.truststore.type", "PEM");
  keys.set("ssl.truststore.location", pem_);
  serve(keys);
  httplib::SSLClient nobody("127.0.0.1", port());
  EXPECT_EQ(ask(nobody), 0);
  httplib::SSLClient known("127.0.0.1", port(), pem_, pem_);
  EXPECT_EQ(ask(known), 200);
  const Identity stranger("IP:127.0.0.1");
  ASSERT_TRUE(stranger.write(pem_ + ".stranger"));
  httplib::SSLClient unknown("127.0.0.1", port(), pem_ + ".stranger", pem_ + ".stranger");
  EXPECT_EQ(ask(unknown), 0);
  ::unlink((pem_ + ".stranger").c_str());
}

TEST_F(RestTls, KeysBehindThePrefixAreAllOrNothing) {
  const auto message = [](const StringMap &keys) {
    const auto tls = rest::make_tls(keys, "listeners.https.");
    return tls ? "" : tls.error().message();
  };
  StringMap both = keys_;
  both.set("listeners.https.ssl.client.auth", "none");
  EXPECT_TRUE(
      message(both).starts_with("listeners.https.ssl.keystore.location: an https listener"));
  EXPECT_EQ(message(keys_), "");
  StringMap keys = keys_;
  keys.set("ssl.client.auth", "maybe");
  EXPECT_EQ(message(keys), "ssl.client.auth: maybe is none of required, requested and none");
  keys.set("ssl.client.auth", "none");
  keys.set("ssl.keystore.location", "/none");
  EXPECT_NE(message(keys).find("/none"), std::string::npos);
  keys.set("ssl.keystore.location", pem_);
  keys.set("ssl.enabled.protocols", "SSLv3");
  EXPECT_EQ(message(keys), "ssl.enabled.protocols: there are TLSv1.2 and TLSv1.3");
}

// A request carried on to a worker at https://.
class ForwarderTls : public RestTls {
protected:
  // The status that came back, and what was said of an error.
  std::string ask_with(const StringMap &keys, const std::string &host = "127.0.0.1") {
    auto tls = rest::make_client_tls(keys);
    if (!tls)
      return tls.error().message();
    rest::Forwarder forwarder({1, Duration(5'000), *std::move(tls)});
    forwarder.start();
    rest::Request request;
    request.method = "GET";
    request.target = "/connectors";
    request.host = "h";
    std::promise<rest::Reply> answered;
    forwarder.forward(request, "https://" + host + ":" + std::to_string(port()) + "/",
                      [&](rest::Reply reply) { answered.set_value(std::move(reply)); });
    const rest::Reply reply = answered.get_future().get();
    forwarder.stop();
    return std::to_string(reply.status) + " " + reply.body;
  }
  StringMap trusting() const {
    return {{"ssl.truststore.type", "PEM"}, {"ssl.truststore.location", pem_}};
  }
};

TEST_F(ForwarderTls, TrustsTheTrustStoreAndNobodyElse) {
  serve(keys_);
  EXPECT_EQ(ask_with(trusting()), "200 []");
  EXPECT_THAT(ask_with({}), testing::HasSubstr("certificate that is not trusted"));
  const Identity stranger("IP:127.0.0.1");
  ASSERT_TRUE(stranger.write(pem_ + ".stranger"));
  StringMap other = trusting();
  other.set("ssl.truststore.location", pem_ + ".stranger");
  EXPECT_THAT(ask_with(other), testing::HasSubstr("a file with the right authority in "
                                                  "ssl.truststore.location"));
  other.set("ssl.endpoint.identification.algorithm", "");
  EXPECT_THAT(ask_with(other), testing::StartsWith("500 ")) << "the authority is checked always";
  other.set("ssl.truststore.location", "/none");
  EXPECT_THAT(ask_with(other), testing::HasSubstr("ssl.truststore.location: /none"));
  ::unlink((pem_ + ".stranger").c_str());
}

TEST_F(ForwarderTls, TheHostIsCheckedUnlessTheKeysSayOtherwise) {
  serve(keys_);
  StringMap keys = trusting();
  EXPECT_THAT(ask_with(keys, "localhost"), testing::HasSubstr("or of another host"));
  keys.set("ssl.endpoint.identification.algorithm", "");
  EXPECT_EQ(ask_with(keys, "localhost"), "200 []");
}

TEST_F(ForwarderTls, ShowsTheWorkersOwnCertificate) {
  StringMap keys = keys_;
  keys.set("ssl.client.auth", "required");
  keys.set("ssl.truststore.type", "PEM");
  keys.set("ssl.truststore.location", pem_);
  serve(keys);
  EXPECT_EQ(ask_with(keys), "200 []");
  EXPECT_THAT(ask_with(trusting()), testing::StartsWith("500 "));
  StringMap behind_the_prefix;
  for (const auto &[key, value] : keys)
    behind_the_prefix.set("listeners.https." + key, value);
  EXPECT_EQ(ask_with(behind_the_prefix), "200 []");
}

} // namespace
} // namespace tests

#include <openssl/pem.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <httplib.h>

#include "host/http/client.h"
#include "tests/support/tls_identity.h"
#include "tests/unit/http/serving.h"

namespace host::http {
namespace {

using tests::Identity;

// The certificates that clients trust, by the variable that OpenSSL reads.
class Tls : public testing::Test {
protected:
  Tls() { ::setenv("SSL_CERT_FILE", file_.c_str(), 1); }
  ~Tls() override {
    ::unsetenv("SSL_CERT_FILE");
    std::filesystem::remove(file_);
  }

  void trust(const Identity &identity) const {
    std::FILE *out = std::fopen(file_.c_str(), "we");
    ASSERT_NE(out, nullptr);
    EXPECT_EQ(PEM_write_X509(out, identity.certificate.get()), 1);
    EXPECT_EQ(std::fclose(out), 0);
  }

  static Result<Response> ask(const Identity &identity) {
    Serving<httplib::SSLServer> server(
        [](const httplib::Request &, httplib::Response &out) {
          out.set_content("hi", "text/plain");
        },
        identity.certificate.get(), identity.key.get());
    return Client(server.url()).send({"GET", "/", {}});
  }

private:
  const std::string file_ = testing::TempDir() + "trusted-" + std::to_string(::getpid()) + ".pem";
};

TEST_F(Tls, is_spoken_with_a_server_whose_authority_is_trusted) {
  const Identity identity("IP:127.0.0.1");
  trust(identity);
  const auto reply = ask(identity);
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "hi");
}

TEST_F(Tls, is_refused_to_a_server_that_is_not_trusted) {
  trust(Identity("IP:127.0.0.1"));
  const auto reply = ask(Identity("IP:127.0.0.1"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Code::Unavailable);
  EXPECT_NE(reply.error().message().find("shows a certificate that is not trusted"),
            std::string::npos)
      << reply.error().message();
}

TEST_F(Tls, is_refused_to_a_server_of_another_name) {
  const Identity identity("DNS:elsewhere.example");
  trust(identity);
  const auto reply = ask(identity);
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().message().find("or of another host"), std::string::npos)
      << reply.error().message();
}

} // namespace
} // namespace host::http

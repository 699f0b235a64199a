#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <httplib.h>

#include "host/http/client.h"
#include "tests/unit/http/serving.h"

namespace host::http {
namespace {

struct Free {
  void operator()(X509 *certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION *extension) const { X509_EXTENSION_free(extension); }
};

// A key and a certificate that it signed itself, for one name or address.
struct Identity {
  std::unique_ptr<EVP_PKEY, Free> key{EVP_EC_gen("P-256")};
  std::unique_ptr<X509, Free> certificate{X509_new()};

  explicit Identity(const char *alternative_name) {
    X509 *x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key.get());
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char *>("worker"), -1, -1, 0);
    X509_set_issuer_name(x, name);
    const std::unique_ptr<X509_EXTENSION, Free> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_name));
    X509_add_ext(x, extension.get(), -1);
    X509_sign(x, key.get(), EVP_sha256());
  }
};

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

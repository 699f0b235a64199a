#include "host/wire/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace host::wire {
namespace {

template <auto Free> struct Freed {
  template <class T> void operator()(T *object) const { Free(object); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Pkcs12 = std::unique_ptr<PKCS12, Freed<PKCS12_free>>;

// A part of the configuration: the Java key that it came from, and its bytes.
struct Part {
  std::string_view key;
  std::string where; // file name; empty: the value itself
  std::string bytes;
};

tl::unexpected<Error> bad(const Part &part, std::string_view why) {
  return fail(Code::Config, exception::kConfig,
              part.where.empty() ? fmt::format("{}: {}", part.key, why)
                                 : fmt::format("{}: {} {}", part.key, part.where, why));
}

Result<Part> read_part(std::string_view location_key, const std::string &location,
                       std::string_view value_key, const std::string &value) {
  if (location.empty())
    return Part{value_key, {}, value};
  Part part{location_key, location, {}};
  std::ifstream file(location, std::ios::binary);
  if (!file)
    return bad(part, fmt::format("cannot be read: {}", std::strerror(errno)));
  part.bytes.assign(std::istreambuf_iterator<char>(file), {});
  return part;
}

Bio bio_over(const std::string &bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// Without it OpenSSL would ask on the terminal.
int give_password(char *buffer, int size, int, void *password) {
  const auto &text = *static_cast<const std::string *>(password);
  if (static_cast<int>(text.size()) > size)
    return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

Certificate next_certificate(BIO *bio, const std::string &password) {
  return Certificate(
      PEM_read_bio_X509_AUX(bio, nullptr, give_password, const_cast<std::string *>(&password)));
}

Status use_authorities(SSL_CTX *context, const TlsSettings &settings) {
  if (settings.ca_location.empty() && settings.ca_pem.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  HOST_ASSIGN(const Part part, read_part("ssl.truststore.location", settings.ca_location,
                                         "ssl.truststore.certificates", settings.ca_pem));
  const Bio bio = bio_over(part.bytes);
  X509_STORE *store = SSL_CTX_get_cert_store(context);
  int count = 0;
  while (const Certificate one = next_certificate(bio.get(), settings.key_password)) {
    X509_STORE_add_cert(store, one.get());
    ++count;
  }
  ERR_clear_error(); // the end of the file is one
  if (count == 0)
    return bad(part, "holds no PEM certificate");
  return {};
}

Status use_pair(SSL_CTX *context, const Part &part, X509 *certificate, EVP_PKEY *key) {
  if (SSL_CTX_use_certificate(context, certificate) != 1)
    return bad(part,
               fmt::format("has a certificate that cannot be used: {}", take_openssl_error()));
  if (SSL_CTX_use_PrivateKey(context, key) != 1 || SSL_CTX_check_private_key(context) != 1)
    return bad(part, fmt::format("has a private key that does not belong to the certificate: {}",
                                 take_openssl_error()));
  return {};
}

Status use_keystore(SSL_CTX *context, const TlsSettings &settings) {
  HOST_ASSIGN(const Part part,
              read_part("ssl.keystore.location", settings.keystore_location, {}, {}));
  const Bio bio = bio_over(part.bytes);
  const Pkcs12 store(d2i_PKCS12_bio(bio.get(), nullptr));
  if (!store)
    return bad(part, fmt::format("is no PKCS12 store: {}", take_openssl_error()));
  EVP_PKEY *raw_key = nullptr;
  X509 *raw_certificate = nullptr;
  STACK_OF(X509) *chain = nullptr;
  if (PKCS12_parse(store.get(), settings.keystore_password.c_str(), &raw_key, &raw_certificate,
                   &chain) != 1)
    return bad(part, fmt::format("cannot be opened; is ssl.keystore.password right? ({})",
                                 take_openssl_error()));
  const Key key(raw_key);
  const Certificate certificate(raw_certificate);
  for (int i = 0; i < sk_X509_num(chain); ++i)
    SSL_CTX_add1_chain_cert(context, sk_X509_value(chain, i));
  sk_X509_pop_free(chain, X509_free);
  if (!key || !certificate)
    return bad(part, "has no private key with a certificate");
  return use_pair(context, part, certificate.get(), key.get());
}

Status use_pem(SSL_CTX *context, const TlsSettings &settings) {
  HOST_ASSIGN(const Part chain,
              read_part("ssl.keystore.location", settings.certificate_location,
                        "ssl.keystore.certificate.chain", settings.certificate_pem));
  HOST_ASSIGN(const Part secret, read_part("ssl.keystore.location", settings.key_location,
                                           "ssl.keystore.key", settings.key_pem));
  const Bio certificates = bio_over(chain.bytes);
  const Certificate first = next_certificate(certificates.get(), settings.key_password);
  if (!first)
    return bad(chain, "holds no PEM certificate");
  while (const Certificate next = next_certificate(certificates.get(), settings.key_password))
    SSL_CTX_add1_chain_cert(context, next.get());
  ERR_clear_error();
  const Bio keys = bio_over(secret.bytes);
  const Key key(PEM_read_bio_PrivateKey(keys.get(), nullptr, give_password,
                                        const_cast<std::string *>(&settings.key_password)));
  if (!key)
    return bad(secret, fmt::format("holds no PEM private key that can be read; is "
                                   "ssl.key.password right? ({})",
                                   take_openssl_error()));
  return use_pair(context, secret, first.get(), key.get());
}

} // namespace

std::string take_openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char *reason = ERR_reason_error_string(code);
  return reason == nullptr ? "no further reason" : reason;
}

Status set_up_context(SSL_CTX *context, const TlsSettings &settings) {
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  HOST_TRY(use_authorities(context, settings));
  if (!settings.keystore_location.empty())
    HOST_TRY(use_keystore(context, settings));
  else if (!settings.certificate_location.empty() || !settings.certificate_pem.empty())
    HOST_TRY(use_pem(context, settings));
  if (!settings.cipher_suites.empty() &&
      SSL_CTX_set_cipher_list(context, settings.cipher_suites.c_str()) != 1)
    return fail(Code::Config, exception::kConfig,
                fmt::format("ssl.cipher.suites: none of {} is known to OpenSSL: {}",
                            settings.cipher_suites, take_openssl_error()));
  return {};
}

} // namespace host::wire

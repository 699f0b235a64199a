#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace tests {

struct FreeTls {
  void operator()(X509 *certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION *extension) const { X509_EXTENSION_free(extension); }
};

// A key and a certificate that it signed itself, for one name or address.
struct Identity {
  std::unique_ptr<EVP_PKEY, FreeTls> key{EVP_EC_gen("P-256")};
  std::unique_ptr<X509, FreeTls> certificate{X509_new()};

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
    const std::unique_ptr<X509_EXTENSION, FreeTls> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_name));
    X509_add_ext(x, extension.get(), -1);
    X509_sign(x, key.get(), EVP_sha256());
  }

  // Key and certificate in one PEM file; whether that worked.
  bool write(const std::string &path) const {
    std::FILE *out = std::fopen(path.c_str(), "we");
    if (out == nullptr)
      return false;
    const bool written =
        PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
        PEM_write_X509(out, certificate.get()) == 1;
    return std::fclose(out) == 0 && written;
  }
};

} // namespace tests

#include "host/http/trust.h"

#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace host::http {
namespace {

// OpenSSL has no words for what the system says.
std::string last_reason() {
  const unsigned long error = ERR_peek_error();
  if (ERR_SYSTEM_ERROR(error))
    return std::generic_category().message(ERR_GET_REASON(error));
  const char *reason = ERR_reason_error_string(error);
  return reason ? reason : "unknown reason";
}

} // namespace

Result<TlsOptions> trusting(std::string pem_file, std::string option) {
  TlsOptions options;
  options.named_by = option;
  options.set_up = [file = std::move(pem_file), option = std::move(option)](ssl_ctx_st *context) {
    ERR_clear_error();
    if (SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) == 1)
      return Status();
    return Status(Error(Code::Config,
                        fmt::format("{} {}: not a PEM file of certificates that can be read ({})",
                                    option, file, last_reason())));
  };
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX *)> tried(SSL_CTX_new(TLS_client_method()),
                                                            SSL_CTX_free);
  HOST_TRY(options.set_up(tried.get()));
  return options;
}

} // namespace host::http

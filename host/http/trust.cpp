#include "host/http/trust.h"

#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace host::http {

TlsOptions trusting(std::string pem_file, std::string option) {
  TlsOptions options;
  options.named_by = option;
  options.set_up = [file = std::move(pem_file), option = std::move(option)](ssl_ctx_st *context) {
    ERR_clear_error();
    if (SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) == 1)
      return Status();
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    return Status(Error(Code::Config,
                        fmt::format("{} {}: not a PEM file of certificates that can be read ({})",
                                    option, file, reason ? reason : "unknown reason")));
  };
  return options;
}

} // namespace host::http

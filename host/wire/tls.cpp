#include "host/wire/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

#include <string_view>

#include <fmt/format.h>

#include "host/wire/tls_context.h"

namespace host::wire {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::string_view kSslAuthentication =
    "org.apache.kafka.common.errors.SslAuthenticationException";

std::string name_of(const X509_NAME *name) {
  char text[256] = {};
  X509_NAME_oneline(name, text, sizeof text);
  return text;
}

std::string time_of(const ASN1_TIME *time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1)
    return "an unreadable time";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min);
}

// Why a certificate of the broker's chain is refused, and what to do.
std::string verdict_of(X509_STORE_CTX *context, const std::string &host) {
  const X509 *certificate = X509_STORE_CTX_get_current_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  if (certificate == nullptr)
    return X509_verify_cert_error_string(error);
  const std::string subject = name_of(X509_get_subject_name(certificate));
  switch (error) {
  case X509_V_ERR_CERT_HAS_EXPIRED:
    return fmt::format("{} expired at {}; renew {}", subject,
                       time_of(X509_get0_notAfter(certificate)),
                       X509_STORE_CTX_get_error_depth(context) == 0
                           ? "it in the broker's own ssl.keystore.location"
                           : "this authority in ssl.truststore.location");
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return fmt::format("{} is valid from {} only; is this machine's clock right?", subject,
                       time_of(X509_get0_notBefore(certificate)));
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    return fmt::format("{} is not for '{}'; look at bootstrap.servers, at the broker's "
                       "advertised.listeners, or at ssl.endpoint.identification.algorithm",
                       subject, host);
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    return fmt::format("{} is signed by {}, which is not in ssl.truststore.location", subject,
                       name_of(X509_get_issuer_name(certificate)));
  default:
    return fmt::format("{}: {}; look at ssl.truststore.location", subject,
                       X509_verify_cert_error_string(error));
  }
}

// Alerts of a broker about the certificate that we showed, or did not show.
bool is_about_our_certificate(int reason) {
  switch (reason) {
  case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
  case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
  case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
  case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
  case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
  case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
  case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
  case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    return true;
  default:
    return false;
  }
}

Error wrong_protocol(Code code, const std::string &peer, std::string_view what) {
  return Error(code, kSslAuthentication,
               fmt::format("{} {} during the TLS handshake: is it a TLS listener? Look at "
                           "security.protocol and at the port in bootstrap.servers",
                           peer, what));
}

} // namespace

TlsChannel::TlsChannel(asio::ssl::context context, Socket &socket)
    : context_(std::move(context)), stream_(socket, context_) {}

Result<std::unique_ptr<TlsChannel>> TlsChannel::make(const TlsSettings &settings, Socket &socket,
                                                     const std::string &host) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  HOST_TRY(set_up_context(context.native_handle(), settings));
  std::unique_ptr<TlsChannel> channel(new TlsChannel(std::move(context), socket));
  channel->expect(host, settings.check_host);
  return channel;
}

void TlsChannel::expect(const std::string &host, bool check_host) {
  SSL *ssl = stream_.native_handle();
  error_code no_address;
  asio::ip::make_address(host, no_address);
  if (no_address)
    SSL_set_tlsext_host_name(ssl, host.c_str());
  if (check_host && no_address)
    X509_VERIFY_PARAM_set1_host(SSL_get0_param(ssl), host.c_str(), host.size());
  else if (check_host)
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  stream_.set_verify_mode(asio::ssl::verify_peer);
  stream_.set_verify_callback(
      [verdict = verdict_, host](bool accepted, asio::ssl::verify_context &context) {
        if (!accepted && verdict->empty())
          *verdict = verdict_of(context.native_handle(), host);
        return accepted;
      });
}

std::optional<Error> TlsChannel::explain(const error_code &error, const std::string &peer) const {
  if (!verdict_->empty())
    return Error(Code::Config, kSslAuthentication,
                 fmt::format("the certificate of {} is refused: {}", peer, *verdict_));
  if (error.category() == asio::error::get_ssl_category()) {
    const auto code = static_cast<unsigned long>(error.value());
    const int reason = ERR_GET_REASON(code);
    if (is_about_our_certificate(reason))
      return Error(Code::Config, kSslAuthentication,
                   fmt::format("{} refuses this worker's certificate ({}); look at "
                               "ssl.keystore.location and at the broker's ssl.client.auth",
                               peer, error.message()));
    if (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE ||
        reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
      return Error(
          Code::Config, kSslAuthentication,
          fmt::format("{} and this worker find no common TLS version and cipher ({}); look "
                      "at ssl.cipher.suites and ssl.keystore.location",
                      peer, error.message()));
    if (!open_)
      return wrong_protocol(Code::Config, peer, fmt::format("answered with '{}'", error.message()));
    return Error(Code::Retry, kSslAuthentication, fmt::format("{}: {}", peer, error.message()));
  }
  if (!open_ && (error == asio::error::eof || error == asio::error::connection_reset ||
                 error == asio::ssl::error::stream_truncated || error == asio::error::broken_pipe))
    return wrong_protocol(Code::Retry, peer, "closed the connection");
  return std::nullopt;
}

} // namespace host::wire

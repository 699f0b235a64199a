#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"

namespace host::http {

// Signatures of requests that workers send each other (KIP-507, contract 2.6): a MAC of the body's
// exact bytes with the session key of the cluster. Pure functions; any thread.

inline constexpr std::string_view kSignatureHeader = "X-Connect-Authorization";
inline constexpr std::string_view kSignatureAlgorithmHeader =
    "X-Connect-Request-Signature-Algorithm";

// Key bytes of a session key, and the name of a MAC as Java knows it: HmacSHA256 (HmacMD5,
// HmacSHA1, HmacSHA224, HmacSHA384, HmacSHA512).
struct SigningKey {
  std::string bytes;
  std::string algorithm;
};

// Base64 of the MAC. An Unsupported error for an unknown algorithm.
Result<std::string> sign(const SigningKey &key, std::string_view body);

// What a request says of itself; its headers, if they are there.
struct Signature {
  std::optional<std::string> mac;
  std::optional<std::string> algorithm;
};

// A BadRequest error for a signature that is there and cannot be read. Connect looks at that much
// even where it asks for no signature.
Status check_form(const Signature &signature);

// What a receiver checks, in Connect's order and words: BadRequest (400) without a signature, for
// one that cannot be read or whose algorithm is not among `allowed`; Unavailable (503) while there
// is no key; Forbidden (403) if it does not fit.
Status verify(const Signature &signature, std::string_view body,
              const std::optional<std::string> &key, const std::vector<std::string> &allowed);

} // namespace host::http

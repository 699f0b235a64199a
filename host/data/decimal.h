#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace host::data {

// Decimals on the tape are the unscaled value as two's complement, big-endian, with the scale in
// the schema (contract 8.1).

// Without bytes that only repeat the sign, as BigInteger.toByteArray gives it.
std::string_view minimal(std::string_view unscaled);

// As Java's BigDecimal.toString prints it: `12.30`, `1E+3`.
void append_decimal(std::string &out, std::string_view unscaled, std::int32_t scale);

// A decimal literal (`-12.30`, `1e3`) as BigDecimal reads it: its own scale, minimal bytes.
struct Decimal {
  std::string unscaled;
  std::int32_t scale = 0;
};
std::optional<Decimal> parse_decimal(std::string_view literal);
// The same into memory that is kept; false if it is none. Allocates nothing up to 18 digits.
bool parse_decimal(std::string_view literal, Decimal &out);

// The same value at another scale; nothing if digits would be lost.
std::optional<std::string> rescale(const Decimal &decimal, std::int32_t scale);

// `Decimal value has mismatching scale …`, as Connect's Decimal words it.
std::string scale_mismatch(std::int32_t schema_scale, std::int32_t value_scale);

// At most eight bytes of two's complement, big-endian, as a number.
std::int64_t integer_of(std::string_view unscaled);

// Why BigDecimal refuses a JSON number whose exponent is absurd; empty if it takes it.
std::string_view exponent_fault(std::string_view literal);

// The low 64 bits of the integral part of a decimal literal: what BigDecimal.longValue gives.
std::int64_t low_bits(std::string_view literal);

} // namespace host::data

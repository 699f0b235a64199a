#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/java_text.h"
#include "host/base/strings.h"
#include "host/json/escape.h"

namespace host::json {

// Appends compact JSON, as Jackson's, to a string of the caller: `{"a":1,"b":[true,null]}`. Commas
// are set by the writer; whether the calls nest properly is the caller's business. No state but one
// flag, so a writer is made on the spot. One thread.
class Writer {
public:
  explicit Writer(std::string &out) : out_(out) {}

  Writer &begin_object() { return open('{'); }
  Writer &end_object() { return close('}'); }
  Writer &begin_array() { return open('['); }
  Writer &end_array() { return close(']'); }

  Writer &key(std::string_view name) {
    separate();
    append_quoted(out_, name);
    out_ += ':';
    comma_ = false;
    return *this;
  }

  Writer &null() { return raw("null"); }
  Writer &value(std::nullptr_t) { return null(); }
  Writer &value(std::string_view text) {
    separate();
    append_quoted(out_, text);
    return done();
  }
  Writer &value(const char *text) { return value(std::string_view(text)); }
  Writer &value(const std::string &text) { return value(std::string_view(text)); }
  template <std::same_as<bool> Bool> Writer &value(Bool flag) {
    return raw(flag ? "true" : "false");
  }
  template <std::integral Int>
  requires(!std::same_as<Int, bool>) Writer &value(Int number) {
    separate();
    java::append(out_, static_cast<std::int64_t>(number));
    return done();
  }
  // NaN and the infinities as quoted text.
  Writer &value(double number) { return real(number); }
  Writer &value(float number) { return real(number); }
  Writer &value(const StringMap &map) {
    begin_object();
    for (const auto &[name, text] : map)
      field(name, text);
    return end_object();
  }
  // JSON text as it is.
  Writer &raw(std::string_view json) {
    separate();
    out_.append(json);
    return done();
  }

  template <class T> Writer &field(std::string_view name, const T &v) {
    key(name);
    return value(v);
  }

private:
  void separate() {
    if (comma_)
      out_ += ',';
  }
  Writer &done() {
    comma_ = true;
    return *this;
  }
  Writer &open(char bracket) {
    separate();
    out_ += bracket;
    comma_ = false;
    return *this;
  }
  Writer &close(char bracket) {
    out_ += bracket;
    return done();
  }
  template <class Real> Writer &real(Real number) {
    separate();
    const bool finite = number - number == 0;
    if (!finite)
      out_ += '"';
    java::append(out_, number);
    if (!finite)
      out_ += '"';
    return done();
  }

  std::string &out_;
  bool comma_ = false;
};

} // namespace host::json

#pragma once

#include <string>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/redactor.h"
#include "host/base/state.h"
#include "host/link/peer.h"

namespace host::runner {

// What a runner says to its host, with secrets taken out of every text that people will read. Any
// thread. Owned by the Runner.
class Outlet {
public:
  Outlet(link::Peer &peer, const Redactor &redactor) : peer_(peer), redactor_(redactor) {}

  void status(const TaskId &task, Incarnation incarnation, State state, std::string_view trace);
  void connector_failed(const std::string &connector, Incarnation incarnation, const Error &error);

  Error redact(const Error &error) const;
  std::string redact(std::string_view text) const { return redactor_.redact(text); }
  template <class R> void fail(const link::Responder<R> &responder, const Error &error) const {
    responder.fail(redact(error));
  }

  // For messages that carry no such text.
  link::Peer &peer() { return peer_; }

private:
  std::string trace_text(std::string_view trace) const;

  link::Peer &peer_;
  const Redactor &redactor_;
};

} // namespace host::runner

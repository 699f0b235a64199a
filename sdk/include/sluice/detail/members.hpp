// SPDX-License-Identifier: Apache-2.0
#pragma once

// Does a task class have a member of this name at all, whatever its parameters?
namespace sluice::inline v0::detail {

template <class T>
concept has_open = requires {
  &T::open;
};
template <class T>
concept has_flush = requires {
  &T::flush;
};
template <class T>
concept has_pre_commit = requires {
  &T::pre_commit;
};
template <class T>
concept has_close = requires {
  &T::close;
};
template <class T>
concept has_cancel = requires {
  &T::cancel;
};
template <class T>
concept has_wake = requires {
  &T::wake;
};
template <class T>
concept has_commit = requires {
  &T::commit;
};
template <class T>
concept has_on_delivered = requires {
  &T::on_delivered;
};

template <class T>
concept cancels_well = !has_cancel<T> || requires(T & task) {
  { task.cancel() }
  noexcept;
};

} // namespace sluice::inline v0::detail

/* What can be sent. */
#ifndef PARTNER_MESSAGING_MESSAGES_HPP
#define PARTNER_MESSAGING_MESSAGES_HPP

#include "support.hpp"

#include <functional>
#include <initializer_list>
#include <utility>
#include <vector>

namespace partner_messaging {
inline namespace v0 {

/// Anything that can be sent, any number of times: WhatsApp, Sms, Email or Json.
class Message {
  public:
    /// The C handle, which stays this object's.
    [[nodiscard]] pm_message *get() const noexcept { return handle_.get(); }

  protected:
    /// @cond
    explicit Message(pm_message *handle) : handle_(handle) {}
    void set_variable(const StringArgument &name, const StringArgument &value) {
        pm_message_set_variable(get(), name.get(), value.get());
    }
    /// @endcond

  private:
    detail::MessageHandle handle_;
};

/// A WhatsApp message by a template.
class WhatsApp : public Message {
  public:
    /// Recipient and sender are phone numbers in E.164 form.
    WhatsApp(const StringArgument &to, const StringArgument &from, const StringArgument &template_id)
        : Message(pm_message_new_whatsapp(to.get(), from.get(),
                                          template_id.get())) {}
    /// Puts a value in the template's place called "1", "2" and so on.
    WhatsApp &variable(const StringArgument &name, const StringArgument &value) & {
        set_variable(name, value);
        return *this;
    }
    /// The same for a message in the making.
    [[nodiscard]] WhatsApp variable(const StringArgument &name, const StringArgument &value) && {
        set_variable(name, value);
        return std::move(*this);
    }
};

/// An SMS: free text or a template.
class Sms : public Message {
  public:
    /// An SMS with free text.
    [[nodiscard]] static Sms text(const StringArgument &to, const StringArgument &content) {
        return Sms(pm_message_new_sms(to.get(), content.get()));
    }
    /// An SMS by a template.
    [[nodiscard]] static Sms from_template(const StringArgument &to, const StringArgument &sender_id,
                                           const StringArgument &template_id) {
        return Sms(pm_message_new_sms_template(to.get(), sender_id.get(),
                                               template_id.get()));
    }
    /// Puts a value in the template's place called "1", "2" and so on.
    Sms &variable(const StringArgument &name, const StringArgument &value) & {
        set_variable(name, value);
        return *this;
    }
    /// The same for a message in the making.
    [[nodiscard]] Sms variable(const StringArgument &name, const StringArgument &value) && {
        set_variable(name, value);
        return std::move(*this);
    }
    /// Names the sender.
    Sms &sender_id(const StringArgument &sender_id) & {
        pm_message_set_sender_id(get(), sender_id.get());
        return *this;
    }
    /// The same for a message in the making.
    [[nodiscard]] Sms sender_id(const StringArgument &sender_id) && {
        pm_message_set_sender_id(get(), sender_id.get());
        return std::move(*this);
    }

  private:
    using Message::Message;
};

/// An email with an HTML body.
class Email : public Message {
  public:
    /// To an address, with a subject and a body.
    Email(const StringArgument &to, const StringArgument &subject, const StringArgument &html_content)
        : Message(pm_message_new_email(to.get(), subject.get(),
                                       html_content.get())) {}
};

/// A message in its wire form: a JSON object with any channel and any field.
class Json : public Message {
  public:
    /// With the text of the object.
    explicit Json(const StringArgument &json) : Message(pm_message_new_json(json.get())) {}
};

/// The messages of a send with fallback, in order.
using MessageList = std::vector<std::reference_wrapper<const Message>>;

/// One of several messages between braces: one that has a name, or one that is made
/// there and lives until the call has returned.
class MessageReference {
  public:
    /// Of any message.
    MessageReference(const Message &message) noexcept : handle_(message.get()) {}
    /// The C handle, which stays the message's.
    [[nodiscard]] const pm_message *get() const noexcept { return handle_; }

  private:
    const pm_message *handle_;
};

/// The messages of a send with fallback, between braces.
using BracedMessages = std::initializer_list<MessageReference>;

namespace detail {

inline std::vector<const pm_message *> handles(const MessageList &messages) {
    std::vector<const pm_message *> handles;
    for (const Message &message : messages) {
        handles.push_back(message.get());
    }
    return handles;
}

inline std::vector<const pm_message *> handles(BracedMessages messages) {
    std::vector<const pm_message *> handles;
    for (const MessageReference &message : messages) {
        handles.push_back(message.get());
    }
    return handles;
}

} // namespace detail

} // namespace v0
} // namespace partner_messaging

#endif

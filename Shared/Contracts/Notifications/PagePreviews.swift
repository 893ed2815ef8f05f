/// How Notification would deliver a page: nothing is stored and nothing is sent.
package struct PagePreview: Codable, Sendable, Hashable {
    package struct Delivery: Codable, Sendable, Hashable {
        package let channel: ChannelKind
        /// After the page.
        package let delayMinutes: Int

        package init(channel: ChannelKind, delayMinutes: Int) {
            self.channel = channel
            self.delayMinutes = delayMinutes
        }
    }

    package let pageID: PageID
    /// Empty when nothing leads to the person.
    package let deliveries: [Delivery]

    package init(pageID: PageID, deliveries: [Delivery]) {
        self.pageID = pageID
        self.deliveries = deliveries
    }
}

package struct PagePreviews: Codable, Sendable {
    package let items: [PagePreview]

    package init(items: [PagePreview]) {
        self.items = items
    }
}

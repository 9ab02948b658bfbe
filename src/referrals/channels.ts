import type { Channel, DeliveryChannel } from './delivery-channel.js';
import { FileChannel } from './file.channel.js';
import { InboxChannel } from './inbox.channel.js';
import { PaperChannel } from './paper.channel.js';
import { WebhookChannel } from './webhook.channel.js';

/** Every way there is, by the name that an authority's row gives. */
export type Channels = Readonly<Record<Channel, DeliveryChannel>>;

export const CHANNEL_DELIVERIES = Symbol('channels');

export const channelProviders = [
  FileChannel,
  InboxChannel,
  PaperChannel,
  WebhookChannel,
  {
    provide: CHANNEL_DELIVERIES,
    useFactory: (file: FileChannel, inbox: InboxChannel, paper: PaperChannel, webhook: WebhookChannel): Channels => ({
      file,
      inbox,
      paper,
      webhook,
    }),
    inject: [FileChannel, InboxChannel, PaperChannel, WebhookChannel],
  },
];

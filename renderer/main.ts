import { mount } from 'svelte';
import App from './App.svelte';
import { AppState } from './app-state.svelte.ts';
import { bridge } from './client/bridge.ts';
import { createClient } from './client/client.ts';
import { messagePortTransport } from './client/message-port-transport.ts';
import { webSocketTransport } from './client/web-socket-transport.ts';

const socketAddress = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/socket`;
const client = createClient(bridge ? messagePortTransport() : webSocketTransport(socketAddress));

const target = document.getElementById('app');
if (target) mount(App, { target, props: { app: new AppState(client) } });

/** Model, care and device. */
import { Dialog, RadioGroup, Switch } from 'radix-ui';
import type { ReactNode } from 'react';
import cards from 'virtual:model-cards';
import { recognizeAgain } from '../state/session.ts';
import { settings } from '../state/settings.ts';
import { useStore } from '../state/store.ts';
import type { DeviceChoice } from '../worker/protocol.ts';
import { Icon } from './icons.tsx';
import { DialogClose } from './dialog-close.tsx';

const DEVICES: readonly { readonly value: DeviceChoice; readonly title: string; readonly note: string }[] = [
  { value: 'auto', title: 'Automatic', note: 'WebGPU where the browser has it, WebAssembly otherwise' },
  { value: 'wasm', title: 'WebAssembly', note: 'The processor: the same numbers as the command' },
  { value: 'webgpu', title: 'WebGPU', note: 'The graphics processor: numbers may differ in the last digits' },
];

export function SettingsDialog() {
  const { model, isAccurate, givesUnits, device } = useStore(settings, (value) => value);
  const change = (own: Parameters<typeof settings.set>[0]): void => {
    settings.set(own);
    recognizeAgain();
  };
  return (
    <Dialog.Root>
      <Dialog.Trigger className="icon-button" aria-label="Settings">
        <Icon name="settings" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">Settings</Dialog.Title>
          <label className="field">
            <span className="field-name">Expression model</span>
            <select className="select" value={model} onChange={(event) => change({ model: event.target.value })}>
              {cards.map(({ name, title }) => (
                <option key={name} value={name}>
                  {name}: {title}
                </option>
              ))}
            </select>
          </label>
          <SwitchRow
            name="Look twice"
            note={
              <>
                Each face and its mirror image: a little more accurate, as <code>--accurate</code> of the command
              </>
            }
            isOn={isAccurate}
            onChange={(isOn) => change({ isAccurate: isOn })}
          />
          <SwitchRow
            name="Action units"
            note="Of eight, how much the shape of the face shows them: estimates, in what is saved too"
            isOn={givesUnits}
            onChange={(isOn) => change({ givesUnits: isOn })}
          />
          <fieldset className="field">
            <legend className="field-name">Compute on</legend>
            <RadioGroup.Root
              className="radios"
              value={device}
              onValueChange={(value) => change({ device: value as DeviceChoice })}
              aria-label="Compute on"
            >
              {DEVICES.map(({ value, title, note }) => (
                <div key={value} className="radio-row">
                  <RadioGroup.Item className="radio" value={value} id={`device-${value}`}>
                    <RadioGroup.Indicator className="radio-dot" />
                  </RadioGroup.Item>
                  <label htmlFor={`device-${value}`}>
                    {title}
                    <span className="field-note">{note}</span>
                  </label>
                </div>
              ))}
            </RadioGroup.Root>
          </fieldset>
          <DialogClose />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function SwitchRow({
  name,
  note,
  isOn,
  onChange,
}: {
  readonly name: string;
  readonly note: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <label className="field is-row">
      <span>
        <span className="field-name">{name}</span>
        <span className="field-note">{note}</span>
      </span>
      <Switch.Root className="switch" checked={isOn} onCheckedChange={onChange} aria-label={name}>
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
    </label>
  );
}

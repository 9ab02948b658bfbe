import { Module } from '@nestjs/common';
import { DraftingController } from './drafting.controller.js';
import { MigrationsController } from './migrations.controller.js';
import { MigrationsService } from './migrations.service.js';
import { PlansModule } from './plans.module.js';
import { ProofsService } from './proofs.service.js';
import { QuestionnairesController } from './questionnaires.controller.js';
import { VersionStore } from './version.store.js';
import { VersionViewsService } from './version-views.service.js';
import { VersionsService } from './versions.service.js';

@Module({
  imports: [PlansModule],
  controllers: [DraftingController, MigrationsController, QuestionnairesController],
  providers: [MigrationsService, ProofsService, VersionStore, VersionViewsService, VersionsService],
  exports: [PlansModule],
})
export class QuestionnairesModule {}
